"""The logprobs of an answer's tokens, as a part has them and as its events have them.

Source: the types of OpenAI's SDK (openai 3.57.0). A token's `bytes` stand in a part alone.
"""

from samplers.local.answer.generate.generation import Token
from samplers.local.engine.vocabulary import Vocabulary
from samplers.wire.logprobs import UNSEEN_LOGPROB


def entries(vocabulary: Vocabulary, tokens: list[Token]) -> list[dict]:
    """The entry of each token, as a part has it."""
    return [
        _entry(vocabulary, token.id, token.logprob)
        | {"top_logprobs": [_entry(vocabulary, *top) for top in token.top_logprobs]}
        for token in tokens
    ]


def without_bytes(listed: list[dict]) -> list[dict]:
    """The same entries as an event has them."""
    return [
        _plain(entry) | {"top_logprobs": [_plain(top) for top in entry["top_logprobs"]]}
        for entry in listed
    ]


def _entry(vocabulary: Vocabulary, token: int, logprob: float) -> dict:
    return {
        "token": vocabulary.text(token),
        # a control token stands for no text; null, as in Chat, does not fit the SDK's type
        "bytes": vocabulary.byte_values(token) or [],
        "logprob": max(logprob, UNSEEN_LOGPROB),
    }


def _plain(entry: dict) -> dict:
    return {"token": entry["token"], "logprob": entry["logprob"]}
