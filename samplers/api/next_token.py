"""An endpoint's logprobs as a Distribution, and the endpoint as a model for `samplers.generate`."""

from collections.abc import Sequence

import numpy as np

from samplers.api.deviations import dict_of, dicts_of
from samplers.api.errors import NEXT_STEP, APIError
from samplers.api.results import bytes_of, label_of, logprob_of
from samplers.distribution import Distribution


def check_top(top) -> None:
    """Raises ValueError unless `top` is "all" or an int >= 1."""
    if top != "all" and (isinstance(top, bool) or not isinstance(top, int) or top < 1):
        raise ValueError(f"top must be an int >= 1 or 'all', got {top!r}")


def first_place(answer: dict) -> dict:
    """The entry of an answer's first token. ValueError if it lists no token with a logprob."""
    content = dicts_of(dict_of(answer["choices"][0].get("logprobs")).get("content"))
    if not content or not entries_of(content[0]):
        raise ValueError(
            "it has no top_logprobs for its first token: this endpoint or model gives none"
        )
    return content[0]


def entries_of(place: dict) -> list[dict]:
    """The `top_logprobs` of a token's entry; those without a logprob are left out."""
    top = dicts_of(place.get("top_logprobs"))
    return [entry for entry in top if logprob_of(entry) is not None]


def displaces(place: dict) -> bool:
    """Has the drawn token taken the place of one of the most probable?

    It may have if it stands first in the list and is less probable than all the others there. An
    engine that lists the most probable tokens alone (OpenAI, llama.cpp) never writes such a list.
    """
    first, *others = entries_of(place)
    if first.get("token") != place.get("token") or not others:
        return False
    return logprob_of(first) < min(map(logprob_of, others))


def top_distribution(
    place: dict, vocabulary_size: int | None = None, most: int | None = None
) -> Distribution:
    """The tokens that a token's entry lists, most likely first; the rest's mass is `unseen`.

    `most`: how many are kept at most; None: all. A drawn token that `displaces` another one is left
    out unless that is beyond `most`: the list must not have a hole.
    """
    entries = entries_of(place)
    if displaces(place) and (most is None or len(entries) <= most):
        entries = entries[1:]
    entries = sorted(entries, key=logprob_of, reverse=True)[:most]
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
    if known is not None:
        return known.with_logprobs(logprobs)

    ordered = [entries[i] for i in order.tolist()]
    tokens = tuple(map(label_of, ordered))
    token_bytes = tuple(map(bytes_of, ordered))
    return Distribution(tokens, logprobs, token_bytes, 0.0, tuple(range(size)), size)


class EndpointModel:
    """The endpoint as a function from token ids to logits (V,). `client.as_model` makes one.

    `prompt`: the token ids of the messages in the model's template. `vocabulary`: each token's
    bytes, by id. `stop_tokens`: the ids that end a turn. `raw_logits`: it gives the model's raw
    logits; log-probabilities take no repetition penalty.
    """

    def __init__(self, client, messages: list[dict]):
        self._client = client
        self._messages = messages
        tokens = client.tokenize(messages)
        whole = client.next_token(messages, top="all")
        if len(whole) != whole.vocabulary_size:
            raise APIError(
                200,
                f"as_model needs the whole distribution, and this endpoint shows {len(whole)} "
                f"tokens: {NEXT_STEP}",
                code="unsupported",
            )
        self.raw_logits = whole.raw_logits
        self.prompt = tokens.ids
        self.stop_tokens = tokens.stop_ids
        self._first = whole  # after the prompt alone
        # a token that stands for no text (<|im_end|>) has its name here
        named = zip(whole.bytes, whole.tokens, strict=True)
        self.vocabulary = tuple(raw or name.encode() for raw, name in named)

    def __call__(self, ids: Sequence[int]) -> np.ndarray:
        """The model's logits after `ids`; shape (V,), float64.

        `ids` are the prompt's and those that follow it. The logits are raw where `raw_logits` is
        True. Elsewhere they are logprobs, which are logits, too.
        """
        ids = [int(i) for i in ids]
        start = len(self.prompt)
        if tuple(ids[:start]) != self.prompt:
            raise ValueError(
                f"ids must begin with the {start} ids of .prompt, got {ids[: start + 1]}"
            )
        after = ids[start:]
        given = self._client.next_token(self._messages, "all", after) if after else self._first
        if not self.raw_logits:
            return given.logprobs.copy()
        if not given.raw_logits:
            message = "the endpoint no longer shows raw logits: make the model anew with as_model"
            raise APIError(200, message)
        return given.logits

    def __repr__(self) -> str:
        size = len(self.vocabulary)
        return f"<EndpointModel {self._client.model}: {len(self.prompt)} prompt tokens, V = {size}>"
