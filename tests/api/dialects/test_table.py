"""What all dialects share: their names, requests and streams, and that nothing given is changed."""

import copy
import json

import pytest

from samplers.api import read_events
from samplers.api.dialects import DIALECTS, Dialect, Translated
from samplers.api.results import Completion

NAMES = ["anthropic", "gemini", "deepseek", "glm"]
TEXT = "你好 🌍 é"


def test_the_table():
    assert list(DIALECTS) == NAMES
    for name, dialect in DIALECTS.items():
        assert isinstance(dialect, Dialect)
        assert dialect.name == name
        assert dialect.address.startswith("https://")
        assert not dialect.address.endswith("/")
        assert dialect.path("m", False).startswith("/")
        assert any("secret-key" in value for value in dialect.headers("secret-key").values())


def chunk(delta: dict, finish: str | None = None) -> dict:
    return {"id": "1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


CHUNKS = [chunk({"role": "assistant", "content": TEXT}), chunk({}, "stop")]
# Each dialect's events of a stream with one piece of text, as its reference has them.
STREAMS = {
    "anthropic": [
        {
            "type": "message_start",
            "message": {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": "m",
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {"input_tokens": 9, "output_tokens": 1},
            },
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": TEXT},
        },
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 4},
        },
        {"type": "message_stop"},
    ],
    "gemini": [
        {
            "candidates": [
                {"content": {"role": "model", "parts": [{"text": TEXT}]}, "finishReason": "STOP"}
            ]
        }
    ],
    "deepseek": CHUNKS,
    "glm": CHUNKS,
}


def stream(name: str, end: str) -> bytes:
    """The dialect's stream as bytes, with these line ends."""
    lines = []
    for event in STREAMS[name]:
        if "type" in event:
            lines.append(f"event: {event['type']}")
        lines += [f"data: {json.dumps(event, ensure_ascii=False)}", ""]
    if name in ("deepseek", "glm"):
        lines += ["data: [DONE]", ""]
    return "".join(line + end for line in lines).encode()


def read(name: str, parts: list[bytes]) -> Completion:
    """What these bytes say, read as the client reads any stream."""
    data = [event.data for event in read_events(enumerate(parts))]
    assert len(data) == len(STREAMS[name]) + (name in ("deepseek", "glm"))
    events = [json.loads(text) for text in data if text != "[DONE]"]
    dialect = DIALECTS[name]
    return Completion.from_wire(dialect.answer(dialect.whole(events)).body)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", NAMES)
def test_GE7_any_cut_of_the_bytes_gives_the_same_text(name, end):
    data = stream(name, end)
    for cut in range(len(data) + 1):
        made = read(name, [data[:cut], data[cut:]])
        assert (made.text, made.finish_reason) == (TEXT, "stop")


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", NAMES)
def test_GE7_one_byte_at_a_time(name, end):
    data = stream(name, end)
    made = read(name, [data[i : i + 1] for i in range(len(data))])
    assert (made.text, made.finish_reason) == (TEXT, "stop")


FUNCTION = {
    "name": "weather",
    "description": "The weather.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": ["string", "null"]}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
FULL = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "One word."},
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
        {
            "role": "assistant",
            "content": "",
            "reasoning_content": "r",
            "tool_calls": [
                {
                    "id": "call_a",
                    "type": "function",
                    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_a", "content": '{"sky": "grey"}'},
    ],
    "tools": [{"type": "function", "function": FUNCTION}],
    "stop": ["END"],
    "max_tokens": 50,
    "n": 2,
    "seed": 7,
    "logprobs": True,
    "top_logprobs": 2,
    "logit_bias": {"50": 1},
    "something_new": {"a": [1]},
}


@pytest.mark.parametrize("name", NAMES)
def test_a_request_is_not_changed_and_what_is_lost_is_named(name):
    body = copy.deepcopy(FULL)
    made = DIALECTS[name].request(body)
    assert isinstance(made, Translated)
    assert body == FULL
    assert made.body["model"] == "m"
    json.dumps(made.body, allow_nan=False)
    named = {sentence.split(":")[0] for sentence in made.lost}
    assert {"logit_bias", "something_new"} <= named
    assert made.lost == DIALECTS[name].request(body).lost


@pytest.mark.parametrize("name", NAMES)
def test_what_goes_out_shares_nothing_with_what_was_given(name):
    body = copy.deepcopy(FULL)
    made = DIALECTS[name].request(body)
    spoil(made.body)
    assert body == FULL


@pytest.mark.parametrize("name", NAMES)
def test_streams_and_answers_are_not_changed(name):
    events = copy.deepcopy(STREAMS[name])
    whole = DIALECTS[name].whole(events)
    before = copy.deepcopy(whole)
    spoil(DIALECTS[name].answer(whole).body)
    assert whole == before
    spoil(whole)
    assert events == STREAMS[name]


def spoil(value) -> None:
    """Changes all objects and arrays inside a JSON value."""
    inner = list(value.values()) if isinstance(value, dict) else value
    for item in inner:
        if isinstance(item, dict | list):
            spoil(item)
    if isinstance(value, dict):
        value["spoilt"] = True
    else:
        value.append("spoilt")


JUNK = (None, True, -1, 1.5, "", "x", [], {}, [None], ["x"], {"a": 1}, [{}])


def places(value, path: tuple = ()):
    """The paths to all values inside a JSON value."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in members:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def replaced(body: dict, path: tuple, junk) -> dict:
    made = copy.deepcopy(body)
    *way, last = path
    here = made
    for key in way:
        here = here[key]
    here[last] = copy.deepcopy(junk)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_value_anywhere_is_translated_or_a_value_error(name):
    refused = 0
    for path in places(FULL):
        for junk in JUNK:
            body = replaced(FULL, path, junk)
            try:
                DIALECTS[name].request(body)
            except ValueError:
                refused += 1
    assert refused > 100


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ['{"x": 1e999}', '{"x": NaN}', '{"x": 1, "x": 2}', "[1]", "{"])
def test_arguments_that_are_no_json_object_are_refused(name, text):
    function = {"name": "weather", "arguments": text}
    call = {"id": "call_a", "type": "function", "function": function}
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_a", "content": "rain"},
    ]
    with pytest.raises(ValueError, match=r"messages\[1\].tool_calls\[0\].function.arguments"):
        DIALECTS[name].request({"model": "m", "messages": messages})
