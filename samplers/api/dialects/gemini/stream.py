"""A stream of Gemini's as its whole answer."""

import copy
from collections.abc import Iterable

from samplers.api.deviations import count_of, dict_of, dicts_of

PLAIN = {"text", "thought", "thoughtSignature"}


def whole(events: Iterable[dict]) -> dict:
    """The whole answer of a stream's events, each of which has an answer's form.

    A chunk holds whole parts: those of text go on with the text before them, a call is a part of
    its own, whatever its name. Of everything else the last value counts. The same answer as without
    a stream, so `answer` reads it, an error in the middle included.
    """
    made: dict = {}
    candidates: dict[int, dict] = {}
    for event in events:
        for i, candidate in enumerate(dicts_of(event.get("candidates"))):
            index = count_of(candidate.get("index"))
            index = i if index is None else index
            _add(candidates.setdefault(index, {}), copy.deepcopy(candidate))
        rest = {name: copy.deepcopy(value) for name, value in event.items() if name != "candidates"}
        if "usageMetadata" in rest:
            rest["usageMetadata"] = dict_of(made.get("usageMetadata")) | dict_of(
                rest["usageMetadata"]
            )
        made |= rest

    if candidates:
        made["candidates"] = [candidates[index] for index in sorted(candidates)]
    return made


def _add(whole: dict, candidate: dict) -> None:
    """Adds what one event says to its candidate."""
    content = dict_of(candidate.pop("content", None))
    logprobs = dict_of(candidate.pop("logprobsResult", None))
    whole |= {name: value for name, value in candidate.items() if value is not None}

    mine = whole.setdefault("content", {})
    mine |= {name: value for name, value in content.items() if name != "parts"}
    for part in dicts_of(content.get("parts")):
        _add_part(mine.setdefault("parts", []), part)

    for name, value in logprobs.items():
        all_steps = whole.setdefault("logprobsResult", {})
        all_steps[name] = [*all_steps.get(name, []), *value] if isinstance(value, list) else value


def _add_part(parts: list[dict], part: dict) -> None:
    """Adds a part: a text goes on with the one before, unless that one is signed already."""
    before = parts[-1] if parts else {}
    goes_on = (
        _is_text(before)
        and _is_text(part)
        and before.get("thought") == part.get("thought")
        and "thoughtSignature" not in before
    )
    if goes_on:
        parts[-1] = before | part | {"text": before["text"] + part["text"]}
    else:
        parts.append(part)


def _is_text(part: dict) -> bool:
    return isinstance(part.get("text"), str) and part.keys() <= PLAIN
