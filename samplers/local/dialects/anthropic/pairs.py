"""Each call of an assistant's turn has one result, at the beginning of the next user's turn.

Source: Anthropic's guide "Handle tool calls" (2026), and its API's sentences in public reports
(2025-08 to 2026-06, third-party).
"""

from itertools import takewhile

from samplers.local.dialects.anthropic.checks import wrong
from samplers.local.request.errors import bad_request

Blocks = list[tuple[str, dict]]  # as in a Turn


def check_pairs(turns) -> None:
    """ApiError for the first call or result that stands alone or comes twice."""
    seen: set[str] = set()  # the ids of all calls so far
    waiting: dict[str, str] = {}  # the last turn's calls, by id, and their places
    for turn in turns:
        if turn.role == "user":
            _check_results(turn.blocks, waiting)
            waiting = {}
        elif turn.role == "assistant":
            waiting = _calls(turn.blocks, seen)
    _check_answered(waiting, set())


def _calls(blocks: Blocks, seen: set[str]) -> dict[str, str]:
    calls = {}
    for place, block in blocks:
        if block["type"] != "tool_use":
            continue
        if block["id"] in seen:
            raise wrong(place, "`tool_use` ids must be unique")
        seen.add(block["id"])
        calls[block["id"]] = place
    return calls


def _check_results(blocks: Blocks, waiting: dict[str, str]) -> None:
    for place, block in blocks:
        if block["type"] == "tool_result" and block["tool_use_id"] not in waiting:
            raise wrong(
                place,
                "unexpected `tool_use_id` found in `tool_result` blocks: "
                f"{block['tool_use_id'][:80]}. Each `tool_result` block must have a corresponding "
                "`tool_use` block in the previous message.",
            )

    first = takewhile(lambda item: item[1]["type"] == "tool_result", blocks)
    _check_answered(waiting, {block["tool_use_id"] for _, block in first})

    answered: set[str] = set()
    for place, block in blocks:
        if block["type"] != "tool_result":
            continue
        if block["tool_use_id"] in answered:
            raise wrong(
                place,
                "each tool_use must have a single result. Found multiple `tool_result` blocks with "
                f"id: {block['tool_use_id'][:80]}",
            )
        answered.add(block["tool_use_id"])


def _check_answered(waiting: dict[str, str], answered: set[str]) -> None:
    missing = [call for call in waiting if call not in answered]
    if missing:
        place = waiting[missing[0]].partition(".content")[0]
        raise bad_request(
            f"{place}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(missing)[:400]}. Each `tool_use` block must have a corresponding "
            "`tool_result` block in the next message.",
            place,
        )
