"""OpenAI's `logprobs` object for the tokens of an answer.

It can list 49,152 tokens at each place, so its JSON text is put together from prepared parts.
"""

import base64

import numpy as np

from samplers.local.answer.generate.generation import Token
from samplers.local.answer.json_text import Raw
from samplers.local.engine.logits.reader import Row
from samplers.local.engine.vocabulary import Vocabulary
from samplers.wire.logprobs import UNSEEN_LOGPROB


def logprobs_object(
    vocabulary: Vocabulary, tokens: list[Token], ids: bool, named_by_id: bool = False
) -> dict:
    """The object. `ids`: with the tokens' ids, which is an extension.

    `named_by_id`: "token_id:123" is a token's name, an extension of vLLM's.
    """
    fields = vocabulary.json_fields_by_id if named_by_id else vocabulary.json_fields
    entries = ",".join([_entry(fields, token, ids) for token in tokens])
    return {"content": Raw(f"[{entries}]"), "refusal": None}


def _entry(fields: dict[int, str], token: Token, ids: bool) -> str:
    # Hot: this runs once for each token of the vocabulary.
    least = UNSEEN_LOGPROB

    if ids:
        listed = [
            f'{{"id":{i},{fields[i]},"logprob":{max(logprob, least)}}}'
            for i, logprob in token.top_logprobs
        ]
    else:
        listed = [
            f'{{{fields[i]},"logprob":{max(logprob, least)}}}' for i, logprob in token.top_logprobs
        ]

    begin = f'"id":{token.id},' if ids else ""
    own = f'{begin}{fields[token.id]},"logprob":{max(token.logprob, least)}'
    full = "" if token.row is None else f',"full":{_packed(token.row)}'
    return f'{{{own},"top_logprobs":[{",".join(listed)}]{full}}}'


def _packed(row: Row) -> str:
    """A whole row, an extension: its logits as float32, little-endian, in base64."""
    raw = "true" if row.raw else "false"
    return f'{{"logits":"{base64_of(row.logits)}","logsumexp":{row.logsumexp},"raw":{raw}}}'


def base64_of(logits: np.ndarray) -> str:
    """Numbers as float32, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(logits, "<f4")).decode()
