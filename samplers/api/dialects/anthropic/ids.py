"""The ids of tool calls: Anthropic's rules for them, and which result belongs to which call.

Anthropic takes ids of letters, digits, "_" and "-" (^[a-zA-Z0-9_-]+$), each of them once in a
request, and wants all results in the turn right after their calls (400 otherwise; the texts of
these errors are in public bug reports of 2025 and 2026). OpenAI takes any text.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from samplers.api.dialects.checks import dict_at, list_at, text_at

_FITS = re.compile(r"[a-zA-Z0-9_-]+")
_MOST_KEPT = 40  # characters of an id that does not fit


def fitting(ids: Sequence[str]) -> list[str]:
    """Ids that Anthropic takes, all different, in the order of `ids`.

    One that fits and is new stays. Another gets a made one: its characters that fit and a hash, so
    that the same history always gets the same ids, and a longer one keeps those it had.
    """
    taken = {given for given in ids if _FITS.fullmatch(given)}
    times: Counter[str] = Counter()
    made = []
    for given in ids:
        times[given] += 1
        if times[given] == 1 and given in taken:
            made.append(given)
            continue
        new = _made(given, times[given], taken)
        taken.add(new)
        made.append(new)
    return made


def _made(given: str, time: int, taken: set[str]) -> str:
    stem = re.sub(r"[^a-zA-Z0-9_-]", "_", given)[:_MOST_KEPT] or "call"
    salt = 0
    while True:
        source = f"{time} {salt} {given}".encode("utf-8", "surrogatepass")
        new = f"{stem}_{hashlib.sha256(source).hexdigest()[:8]}"
        if new not in taken:
            return new
        salt += 1


def paired(messages: Sequence[dict], lost: list[str]) -> dict[str, str]:
    """Anthropic's id at each place of an OpenAI history that has one.

    The places: "messages[1].tool_calls[0]" and, for a result, "messages[2]". A result belongs to
    the first unanswered call with its id in the turn before it. ValueError for a result without a
    call, and for a call that has no result when the conversation goes on.
    """
    calls = _calls(messages)
    names = dict(zip(calls, fitting(list(calls.values())), strict=True))
    for place, given in calls.items():
        if names[place] != given:
            lost.append(f"{place}.id: {given!r:.100} is sent as {names[place]!r}.")

    waiting: dict[str, str] = {}  # the given id of each call without its result, by place
    last = ""
    for i, message in enumerate(messages):
        role = message.get("role")
        if role == "assistant":
            if last != "assistant":
                _check_answered(waiting, f"messages[{i}]")
            prefix = f"messages[{i}].tool_calls["
            waiting |= {place: given for place, given in calls.items() if place.startswith(prefix)}
        if role == "tool":
            place = _call_of(message, i, waiting)
            del waiting[place]
            names[f"messages[{i}]"] = names[place]
        if role not in ("system", "developer"):
            last = role

    if last != "assistant":
        _check_answered(waiting, "the end")
    return names


def _calls(messages: Sequence[dict]) -> dict[str, str]:
    """The given id of each call, by its place; "" where it has none."""
    calls = {}
    for i, message in enumerate(messages):
        if message.get("role") != "assistant":
            continue
        place = f"messages[{i}].tool_calls"
        for j, call in enumerate(list_at(message.get("tool_calls") or [], place)):
            given = dict_at(call, f"{place}[{j}]").get("id")
            calls[f"{place}[{j}]"] = "" if given is None else text_at(given, f"{place}[{j}].id")
    return calls


def _call_of(message: dict, i: int, waiting: dict[str, str]) -> str:
    given = message.get("tool_call_id")
    given = "" if given is None else text_at(given, f"messages[{i}].tool_call_id")
    for place, other in waiting.items():
        if other == given:
            return place
    raise ValueError(
        f"messages[{i}].tool_call_id must be the id of an unanswered call in the turn right "
        f"before it, got {given!r:.100}"
    )


def _check_answered(waiting: dict[str, str], end: str) -> None:
    for place, given in waiting.items():
        raise ValueError(f"{place} must have its result before {end}, got none for {given!r:.100}")
