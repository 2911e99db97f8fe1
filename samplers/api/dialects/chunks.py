"""A stream of OpenAI's chunks as one chat.completion, with all fields that the deltas have."""

import copy
from collections.abc import Iterable

from samplers.api.deviations import count_of, dict_of, dicts_of
from samplers.api.stream.chunk import ToolCallDelta
from samplers.api.stream.pieces import CallPlaces

TEXTS = ("content", "reasoning_content", "refusal")


def whole(events: Iterable[dict]) -> dict:
    """The chat.completion that a stream's events make.

    The texts of each choice are joined, reasoning_content apart from content, and so are the pieces
    of each tool call. Of the other fields the last value counts.
    """
    made: dict = {}
    choices: dict[int, dict] = {}
    places: dict[int, CallPlaces] = {}
    for event in events:
        made |= {key: copy.deepcopy(value) for key, value in event.items() if value is not None}
        for choice in dicts_of(event.get("choices")):
            index = count_of(choice.get("index")) or 0
            _add(choices.setdefault(index, _empty(index)), choice)
            calls = dicts_of(dict_of(choice.get("delta")).get("tool_calls"))
            _add_calls(choices[index]["message"], calls, places.setdefault(index, CallPlaces()))

    if made:
        made |= {"object": "chat.completion"}
        made["choices"] = [_finished(choices[index]) for index in sorted(choices)]
    return made


def _empty(index: int) -> dict:
    message = {"role": "assistant", "content": None}
    return {"index": index, "message": message, "logprobs": None, "finish_reason": None}


def _add(whole: dict, choice: dict) -> None:
    """Adds the texts, logprobs and finish_reason of one event."""
    message = whole["message"]
    for key, value in dict_of(choice.get("delta")).items():
        if key in TEXTS and isinstance(value, str):
            message[key] = (message.get(key) or "") + value
        elif key not in (*TEXTS, "tool_calls") and value is not None:
            message[key] = copy.deepcopy(value)

    tokens = dict_of(choice.get("logprobs")).get("content")
    if isinstance(tokens, list):
        before = (whole["logprobs"] or {"content": []})["content"]
        whole["logprobs"] = {"content": [*before, *copy.deepcopy(tokens)]}
    whole["finish_reason"] = choice.get("finish_reason") or whole["finish_reason"]


def _add_calls(message: dict, pieces: list[dict], places: CallPlaces) -> None:
    for delta in map(ToolCallDelta.from_wire, pieces):
        calls = message.setdefault("tool_calls", {})
        function = {"name": "", "arguments": ""}
        empty = {"id": "", "type": "function", "function": function}
        call = calls.setdefault(places.place(delta), empty)
        call["id"] = call["id"] or delta.id or ""
        call["function"]["name"] = call["function"]["name"] or delta.name or ""
        call["function"]["arguments"] += delta.arguments


def _finished(choice: dict) -> dict:
    message = choice["message"]
    if "tool_calls" in message:
        message["tool_calls"] = [call for _, call in sorted(message["tool_calls"].items())]
    return choice
