"""Anthropic's stream of events, joined: however the bytes were cut."""

import json
from copy import deepcopy

import pytest

from samplers.api import read_events
from samplers.api.dialects.anthropic import answer, request, whole

TEXT = "你好 🌍 é"
USAGE = {"input_tokens": 25, "cache_read_input_tokens": 7, "output_tokens": 1}
START = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": USAGE,
    },
}
PING = {"type": "ping"}
STOP = {"type": "message_stop"}


def block(index, kind, *deltas, **fields):
    """The events of one content block."""
    started = {"type": "content_block_start", "index": index}
    yield started | {"content_block": {"type": kind, **fields}}
    for kind, value in deltas:
        name = {"input_json_delta": "partial_json"}.get(kind, kind.removesuffix("_delta"))
        delta = {"type": kind, name: value}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def text(index, *pieces):
    return block(index, "text", *(("text_delta", piece) for piece in pieces), text="")


def call(index, *pieces, id="toolu_1"):
    deltas = (("input_json_delta", piece) for piece in pieces)
    return block(index, "tool_use", *deltas, id=id, name="weather", input={})


def end(reason, sequence=None, tokens=15):
    delta = {"stop_reason": reason, "stop_sequence": sequence}
    return {"type": "message_delta", "delta": delta, "usage": {"output_tokens": tokens}}


def joined(*events):
    """The whole answer of the events; they stay as they were."""
    events = [START, PING, *events, STOP]
    before = deepcopy(events)
    made = whole(iter(events))
    assert events == before
    return made


def test_a_text():
    made = joined(*text(0, "He", "", "llo"), PING, end("end_turn"))
    assert made == {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 25, "cache_read_input_tokens": 7, "output_tokens": 15},
    }


@pytest.mark.parametrize(
    ("reason", "sequence"), [("stop_sequence", "the"), ("max_tokens", None), ("end_turn", None)]
)
def test_AM5_what_stopped_it(reason, sequence):
    made = joined(*text(0, "a"), end(reason, sequence))
    assert (made["stop_reason"], made["stop_sequence"]) == (reason, sequence)
    finish = {"stop_sequence": "stop", "max_tokens": "length", "end_turn": "stop"}
    assert answer(made).body["choices"][0]["finish_reason"] == finish[reason]


def test_calls_side_by_side():
    begun, *first, stop = call(0, "", '{"ci', 'ty": "Os', 'lo"}')
    other, *second, other_stop = call(1, '{"city"', ': "Bergen"}', id="toolu_2")
    mixed = [piece for pair in zip(first, [*second, PING, PING], strict=True) for piece in pair]

    made = joined(begun, other, *mixed, stop, other_stop, end("tool_use"))

    assert [(b["id"], b["input"]) for b in made["content"]] == [
        ("toolu_1", {"city": "Oslo"}),
        ("toolu_2", {"city": "Bergen"}),
    ]


@pytest.mark.parametrize("pieces", [(), ("",)])
def test_a_call_without_input(pieces):
    assert joined(*call(0, *pieces), end("tool_use"))["content"][0]["input"] == {}


def test_an_input_at_the_start_stays_without_deltas_that_say_more():
    events = block(0, "tool_use", ("input_json_delta", ""), id="a", name="f", input={"x": 1})
    assert joined(*events, end("tool_use"))["content"][0]["input"] == {"x": 1}


def test_a_cut_call_has_what_is_known_of_its_input():
    made = joined(*call(0, '{"city": "Os'), end("max_tokens"))
    assert made["content"][0]["input"] == {"city": "Os"}
    assert "cut" in answer(made).lost[0]


def test_AM9_a_signature_is_joined():
    thinking = [
        ("thinking_delta", "Let me"),
        ("thinking_delta", " see"),
        ("signature_delta", "AbC"),
        ("signature_delta", "dEf"),
    ]
    begun = block(0, "thinking", *thinking, thinking="", signature="")
    made = joined(*begun, *text(1, "Rain."), end("end_turn"))

    thought = {"type": "thinking", "thinking": "Let me see", "signature": "AbCdEf"}
    assert made["content"] == [thought, {"type": "text", "text": "Rain."}]

    said = answer(made).body["choices"][0]["message"]
    history = [{"role": "user", "content": "x"}, said, {"role": "user", "content": "y"}]
    sent = request({"max_tokens": 9, "messages": history}).body["messages"]
    assert sent[1]["content"] == made["content"]


def test_a_signature_without_a_beginning():
    events = block(0, "thinking", ("signature_delta", "AbC"), thinking="")
    assert joined(*events, end("end_turn"))["content"][0]["signature"] == "AbC"


def test_citations_and_deltas_of_new_kinds_are_kept():
    deltas = [("text_delta", "a"), ("citation", {"n": 1}), ("citation", {"n": 2})]
    made = joined(*block(0, "text", *deltas, text="", citations=None), end("end_turn"))
    assert made["content"][0]["citations"] == [{"n": 1}, {"n": 2}]

    made = joined(*block(0, "new", ("note_delta", "a"), ("note_delta", "b")), end("end_turn"))
    assert made["content"] == [{"type": "new", "note": "ab"}]


def test_an_event_of_a_new_kind_is_passed_over():
    new = {"type": "content_block_hint", "index": 0, "hint": "x"}
    assert joined(new, *text(0, "a"), new, end("end_turn"))["content"] == [
        {"type": "text", "text": "a"}
    ]


def test_counts_at_the_end_are_the_ones_that_count():
    last = end("end_turn")
    last["usage"] = {"output_tokens": 4, "input_tokens": 30, "cache_read_input_tokens": None}
    usage = joined(*text(0, "a"), last)["usage"]
    assert usage == {"input_tokens": 30, "cache_read_input_tokens": 7, "output_tokens": 4}


def test_a_stream_that_is_not_whole_is_an_error():
    for events in ([], [START], [START, *text(0, "a")], [*text(0, "a"), end("end_turn")]):
        with pytest.raises(ValueError, match="whole stream"):
            whole(events)
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    with pytest.raises(ValueError, match=r"events\[1\]: .*Overloaded"):
        whole([START, error])
    with pytest.raises(ValueError, match=r"events\[1\]"):
        whole([START, *list(text(0, "a"))[1:], end("end_turn")])
    with pytest.raises(ValueError, match=r"content\[0\]\.input"):
        whole([START, *call(0, '{"city'), end("tool_use")])


def test_a_whole_stream_may_lack_its_last_event():
    assert whole([START, *text(0, "a"), end("end_turn")])["content"][0]["text"] == "a"


def wire(events, newline):
    lines = (
        f"event: {event['type']}{newline}"
        f"data: {json.dumps(event, ensure_ascii=False)}{newline}{newline}"
        for event in events
    )
    return "".join(lines).encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_GE7_a_stream_cut_anywhere(newline):
    events = [START, PING, *text(0, TEXT, TEXT), *call(1, '{"city": "Trø', 'ndelag"}')]
    stream = wire([*events, end("tool_use"), STOP], newline)

    def read(*parts):
        return whole(json.loads(event.data) for event in read_events(enumerate(parts)))

    expected = read(stream)
    assert expected["content"][0]["text"] == TEXT + TEXT
    assert expected["content"][1]["input"] == {"city": "Trøndelag"}
    for cut in range(len(stream) + 1):
        assert read(stream[:cut], stream[cut:]) == expected
    assert read(*(bytes([byte]) for byte in stream)) == expected
