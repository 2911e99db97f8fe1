"""An endpoint's logprobs as a Distribution, and the endpoint as a model for `samplers.generate`."""

import json
from collections.abc import Sequence

import numpy as np

from samplers.api.deviations import dict_of, dicts_of
from samplers.api.results import bytes_of, label_of, logprob_of
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS


def check_top(top) -> None:
    """Raises ValueError unless `top` is "all" or an int >= 1."""
    if top != "all" and (isinstance(top, bool) or not isinstance(top, int) or top < 1):
        raise ValueError(f"top must be an int >= 1 or 'all', got {top!r}")


def next_token_request(
    top: int | str, after: Sequence[int], vocabulary_size: int | None
) -> tuple[dict, dict]:
    """The parameters and headers of a request for a next-token distribution.

    `vocabulary_size`: V if the endpoint can give the whole vocabulary, else None.
    """
    if top == "all":
        top = vocabulary_size or MAX_TOP_LOGPROBS
    params = {
        "temperature": 1,
        "top_p": 1,
        "max_tokens": 1,
        "logprobs": True,
        "top_logprobs": top,
    }

    headers = {}
    if top > MAX_TOP_LOGPROBS:
        headers["x-samplers-full-logprobs"] = "true"
    if after:
        headers["x-samplers-continue"] = json.dumps(list(after))
    return params, headers


def first_entries(answer: dict) -> list[dict]:
    """The `top_logprobs` of an answer's first token; those without a logprob are left out."""
    content = dicts_of(dict_of(answer["choices"][0].get("logprobs")).get("content"))
    top = dicts_of(content[0].get("top_logprobs")) if content else []
    entries = [entry for entry in top if logprob_of(entry) is not None]
    if not entries:
        raise ValueError(
            "it has no top_logprobs for its first token: this endpoint or model gives none"
        )
    return entries


def top_distribution(entries: list[dict], vocabulary_size: int | None = None) -> Distribution:
    """The K entries of `top_logprobs`, most likely first, with the remaining mass in `unseen`."""
    entries = sorted(entries, key=logprob_of, reverse=True)
    logprobs = np.array([logprob_of(entry) for entry in entries])
    unseen = float(np.clip(1.0 - np.exp(logprobs).sum(), 0.0, 1.0))
    ids = tuple(entry.get("id") for entry in entries)
    if not all(isinstance(i, int) for i in ids):
        ids = None

    tokens = tuple(map(label_of, entries))
    token_bytes = tuple(map(bytes_of, entries))
    return Distribution(tokens, logprobs, token_bytes, unseen, ids, vocabulary_size)


def full_distribution(
    entries: list[dict], size: int, known: Distribution | None = None
) -> Distribution:
    """All `size` entries in token-id order.

    `known`: an earlier full distribution of the same model, whose tokens are used again.
    """
    ids = np.array([entry["id"] for entry in entries])
    order = np.argsort(ids)
    if not np.array_equal(ids[order], np.arange(size)):
        raise ValueError(
            f"the answer's {len(entries)} entries are not the {size} tokens of the vocabulary"
        )

    logprobs = np.array([logprob_of(entry) for entry in entries])[order]
    if known is None:
        ordered = [entries[i] for i in order.tolist()]
        tokens = tuple(map(label_of, ordered))
        token_bytes = tuple(map(bytes_of, ordered))
    else:
        tokens = known.tokens
        token_bytes = known.bytes
    return Distribution(tokens, logprobs, token_bytes, 0.0, tuple(range(size)), size)


class EndpointModel:
    """The endpoint as a function from token ids to logits (V,). `client.as_model` makes one.

    `prompt`: the token ids of the messages in the model's template. `vocabulary`: each token's
    bytes, by id. `stop_tokens`: the ids that end a turn.
    """

    def __init__(self, client, messages: list[dict]):
        self._client = client
        self._messages = messages
        tokens = client.tokenize(messages)
        self.prompt = tokens.ids
        self.stop_tokens = tokens.stop_ids
        self.vocabulary = client.next_token(messages, top="all").bytes

    def __call__(self, ids: Sequence[int]) -> np.ndarray:
        """The model's logprobs, which are logits too, after `ids`; shape (V,), float64.

        `ids` are the prompt's and those that follow it.
        """
        ids = [int(i) for i in ids]
        start = len(self.prompt)
        if tuple(ids[:start]) != self.prompt:
            raise ValueError(
                f"ids must begin with the {start} ids of .prompt, got {ids[: start + 1]}"
            )
        return self._client.next_token(self._messages, top="all", after=ids[start:]).logprobs

    def __repr__(self) -> str:
        size = len(self.vocabulary)
        return f"<EndpointModel {self._client.model}: {len(self.prompt)} prompt tokens, V = {size}>"
