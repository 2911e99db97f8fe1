"""The events of Anthropic's stream, joined into the whole answer."""

import json
from collections.abc import Iterable
from copy import deepcopy

from samplers.api.deviations import dict_of
from samplers.api.dialects.checks import dict_at, text_at
from samplers.api.structured.partial import partial_json
from samplers.checks import is_number
from samplers.wire.secret import shown


def whole(events: Iterable[dict]) -> dict:
    """The answer that the same request gives without streaming, of a stream's parsed events.

    Events of an unknown type are passed over, as Anthropic asks of its clients; a delta of an
    unknown type is joined like the known ones. A call that was cut has as much of its input as had
    come.

    ValueError for an error event, and for a stream that ended before its answer did.
    """
    message: dict = {}
    blocks: dict[int, dict] = {}
    inputs: dict[int, str] = {}  # the JSON text of each call's input
    for i, event in enumerate(events):
        place = f"events[{i}]"
        kind = dict_at(event, place).get("type")
        if kind == "error":
            raise ValueError(f"{place}: the stream broke off: {shown(event.get('error'))}")
        if kind == "message_start":
            message = deepcopy(dict_at(event.get("message"), f"{place}.message"))
        elif kind == "content_block_start":
            block = dict_at(event.get("content_block"), f"{place}.content_block")
            blocks[_index(event, place)] = deepcopy(block)
        elif kind == "content_block_delta":
            index = _index(event, place)
            block = dict_at(blocks.get(index), f"the block {index} of {place}")
            delta = dict_at(event.get("delta"), f"{place}.delta")
            if delta.get("type") == "input_json_delta":
                inputs[index] = inputs.get(index, "") + text_at(
                    delta.get("partial_json"), f"{place}.delta.partial_json"
                )
            else:
                _add(block, deepcopy(delta))
        elif kind == "message_delta":
            message |= deepcopy(dict_at(event.get("delta"), f"{place}.delta"))
            counts = dict_of(event.get("usage")).items()
            counts = {name: deepcopy(count) for name, count in counts if count is not None}
            message["usage"] = dict_of(message.get("usage")) | counts

    if message.get("type") != "message" or message.get("stop_reason") is None:
        raise ValueError("events must be a whole stream, got one without its start or its end")
    for index, text in inputs.items():
        if not text:  # as it was at the block's start
            continue
        blocks[index]["input"] = _input(text, message["stop_reason"], f"content[{index}].input")
    return message | {"content": [block for _, block in sorted(blocks.items())]}


def _index(event: dict, place: str) -> int:
    index = event.get("index")
    if not is_number(int, index):
        raise ValueError(f"{place}.index must be an integer, got {shown(index)}")
    return index


def _add(block: dict, delta: dict) -> None:
    """Joins a delta to its block: text and signature to their beginnings, a citation to others."""
    for name, value in delta.items():
        if name == "type":
            continue
        if name == "citation":
            before = block.get("citations")
            block["citations"] = [*before, value] if isinstance(before, list) else [value]
        elif isinstance(value, str) and isinstance(block.get(name), str):
            block[name] += value
        else:
            block[name] = value


def _input(text: str, reason: str, place: str) -> dict:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None if reason == "tool_use" else partial_json(text) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{place} must be a JSON object, got {shown(text)}")
    return value
