"""JSON as it leaves. A logprobs list can hold 49,152 tokens at each step, so its text is made from
ready pieces.
"""

import json
import re
import secrets

from starlette.responses import Response

from samplers.local.answer.decode import Token
from samplers.local.engine.vocabulary import Vocabulary

# OpenAI's sentinel for a logprob that it does not tell, and ours for minus infinity
LOWEST = -9999.0
# in the place of a Raw until the end; no text of a model or a user can be it
_MARK = secrets.token_hex(8)
_MARKS = re.compile(f'"{_MARK} ([0-9]+)"')


class Raw:
    """JSON text, to be put into a body as it is."""

    def __init__(self, text: str):
        self.text = text


def answer(body: dict, status: int = 200, headers: dict | None = None) -> Response:
    """A whole answer: JSON over several lines, as OpenAI writes those for whoever reads them."""
    return Response(dumps(body, 2) + "\n", status, headers, "application/json")


def dumps(body, indent: int | None = None) -> str:
    """JSON, in as few characters as it takes if there is no indent; Raw values go in as they are."""
    raws: list[str] = []

    def keep(value: Raw) -> str:
        raws.append(value.text)
        return f"{_MARK} {len(raws) - 1}"

    between = (",", ": " if indent else ":")
    text = json.dumps(
        body, ensure_ascii=False, allow_nan=False, indent=indent, separators=between, default=keep
    )
    return _MARKS.sub(lambda mark: raws[int(mark[1])], text) if raws else text


def sse(event: dict | str) -> bytes:
    """One server-sent event."""
    return f"data: {event if isinstance(event, str) else dumps(event)}\n\n".encode()


def logprobs(vocabulary: Vocabulary, tokens: list[Token], ids: bool) -> dict:
    """OpenAI's `logprobs` object for some tokens of an answer, with token ids as an extension if
    `ids`.
    """
    return {
        "content": Raw(f"[{','.join(_entry(vocabulary, token, ids) for token in tokens)}]"),
        "refusal": None,
    }


def _entry(vocabulary: Vocabulary, token: Token, ids: bool) -> str:
    pieces = vocabulary.fields
    if ids:
        listed = ",".join(
            [f'{{"id":{i},{pieces[i]},"logprob":{max(lp, LOWEST)}}}' for i, lp in token.top]
        )
    else:
        listed = ",".join([f'{{{pieces[i]},"logprob":{max(lp, LOWEST)}}}' for i, lp in token.top])
    begin = f'"id":{token.id},' if ids else ""
    return f'{{{begin}{pieces[token.id]},"logprob":{max(token.logprob, LOWEST)},"top_logprobs":[{listed}]}}'
