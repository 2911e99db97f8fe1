"""From an endpoint's logprobs to a `samplers.Distribution`, and from an endpoint to a model for
`samplers.generate`.
"""

import json
from collections.abc import Sequence

import numpy as np

from samplers.api.results import bytes_of, label_of, logprob_of
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS


def first_entries(answer: dict) -> list[dict]:
    """The `top_logprobs` of an answer's first token."""
    content = (answer["choices"][0].get("logprobs") or {}).get("content")
    entries = content[0]["top_logprobs"] if content else None
    if not entries:
        raise ValueError(
            "it holds no top_logprobs for a first token: this endpoint or model gives none"
        )
    return entries


def top_distribution(entries: list[dict], vocabulary_size: int | None = None) -> Distribution:
    """The K entries of `top_logprobs`, most likely first; what they leave of the mass is `unseen`."""
    entries = sorted(entries, key=logprob_of, reverse=True)
    logprobs = np.array([logprob_of(e) for e in entries])
    ids = tuple(e["id"] for e in entries) if all("id" in e for e in entries) else None
    unseen = float(np.clip(1.0 - np.exp(logprobs).sum(), 0.0, 1.0))
    labels, pieces = tuple(map(label_of, entries)), tuple(map(bytes_of, entries))
    return Distribution(labels, logprobs, pieces, unseen, ids, vocabulary_size)


def full_distribution(
    entries: list[dict], size: int, known: Distribution | None = None
) -> Distribution:
    """All `size` entries, put in token-id order. `known`: an earlier one of the same model, for its
    tokens.
    """
    ids = np.array([e["id"] for e in entries])
    order = np.argsort(ids)
    if not np.array_equal(ids[order], np.arange(size)):
        raise ValueError(
            f"the answer's {len(entries)} entries are not the {size} tokens of the vocabulary"
        )
    logprobs = np.array([logprob_of(e) for e in entries])[order]
    if known is None:
        ordered = [entries[i] for i in order.tolist()]
        tokens, pieces = tuple(map(label_of, ordered)), tuple(map(bytes_of, ordered))
    else:
        tokens, pieces = known.tokens, known.bytes
    return Distribution(tokens, logprobs, pieces, 0.0, tuple(range(size)), size)


def check_top(top) -> None:
    """Raises ValueError unless `top` is "all" or an int >= 1."""
    if top != "all" and (isinstance(top, bool) or not isinstance(top, int) or top < 1):
        raise ValueError(f"top must be an int >= 1 or 'all', got {top!r}")


def question(top: int | str, after: Sequence[int], size: int | None) -> tuple[dict, dict]:
    """The parameters and the headers that ask for a next-token distribution. `size`: V where it can
    be had whole.
    """
    wanted = size or MAX_TOP_LOGPROBS if top == "all" else top
    ask = {"temperature": 1, "top_p": 1, "max_tokens": 1, "logprobs": True, "top_logprobs": wanted}
    headers = {"x-samplers-full-logprobs": "true"} if wanted > MAX_TOP_LOGPROBS else {}
    if after:
        headers["x-samplers-continue"] = json.dumps(list(after))
    return ask, headers


class EndpointModel:
    """The endpoint as a function from token ids to logits (V,). `client.as_model(messages)` makes
    it.

    `prompt`: the messages' ids in the model's template; `vocabulary`: bytes by id; `stop_tokens`:
    ids that end a turn.
    """

    def __init__(self, client, messages):
        self._client, self._messages = client, messages
        tokens = client.tokenize(messages)
        self.prompt, self.stop_tokens = tokens.ids, tokens.stop_ids
        self.vocabulary = client.next_token(messages, top="all").bytes

    def __call__(self, ids: Sequence[int]) -> np.ndarray:
        """The model's logprobs (which are logits) after `ids`, the prompt and what follows it;
        shape (V,), float64.
        """
        ids = [int(i) for i in ids]
        start = len(self.prompt)
        if tuple(ids[:start]) != self.prompt:
            raise ValueError(
                f"ids must begin with the {start} ids of .prompt, got {ids[: start + 1]}"
            )
        return self._client.next_token(self._messages, top="all", after=ids[start:]).logprobs

    def __repr__(self) -> str:
        return f"<EndpointModel {self._client.model}: {len(self.prompt)} prompt tokens, V = {len(self.vocabulary)}>"
