"""A grammar that the engine gives up in the middle of an answer."""

import json
import re

from samplers.local.request.errors import ApiError

_MARK = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],]')


def given_up(text: str) -> ApiError:
    """The error (500) for an answer that broke off after `text`. It names the place there."""
    message = (
        f"The engine gave up the grammar of the answer at {place(text)}, after {len(text)} "
        "characters: what the schema allows there became too complex. A simpler schema, or another "
        "seed, may do."
    )
    return ApiError(500, message, kind="server_error", code="grammar_given_up")


def is_whole(text: str) -> bool:
    """Whether a text is JSON to its end."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def place(text: str) -> str:
    """Where a JSON text breaks off, such as $.people[2].name."""
    path: list[str | int | None] = []  # of each open value its key or index; None: no key yet
    for mark in _MARK.findall(text):
        if mark == "{":
            path.append(None)
        elif mark == "[":
            path.append(0)
        elif mark in ("}", "]"):
            path.pop()
        elif mark == ",":
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
        elif path and path[-1] is None:
            path[-1] = mark[1:].removesuffix('"')

    path = [step for step in path if step is not None]
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "$" + "".join(steps)
