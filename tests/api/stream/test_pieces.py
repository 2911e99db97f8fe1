"""What needs the chunks before: the call of a piece without an index, and half a character."""

import json

import httpx
import pytest
from fake_endpoint import CHUNK, delta, event, fake, sse

from samplers.api import Chunk, StreamBroken, accumulate
from samplers.api.results import ToolCall

NONE = object()  # a field that is left out


def piece(index=NONE, id=NONE, name=NONE, arguments=NONE) -> dict:
    """A tool call's piece, without the fields that are not given."""
    fields = {"index": index, "id": id}
    function = {"name": name, "arguments": arguments}
    given = {key: value for key, value in fields.items() if value is not NONE}
    return given | {"function": {k: v for k, v in function.items() if v is not NONE}}


def chunk(*calls: dict, choice=0) -> dict:
    return CHUNK | {"choices": [{"index": choice, "delta": {"tool_calls": list(calls)}}]}


def stream_of(*chunks: dict):
    return fake(sse(*map(event, chunks), event("[DONE]"))).stream("x")


A = ToolCall("a", "f", '{"x": 1}')
B = ToolCall("b", "g", '{"y": 2}')

TWO_CALLS = {
    "OpenAI": [
        piece(0, "a", "f", ""),
        piece(0, arguments='{"x":'),
        piece(0, arguments=" 1}"),
        piece(1, "b", "g", '{"y":'),
        piece(1, arguments=" 2}"),
    ],
    "no index": [
        piece(NONE, "a", "f", ""),
        piece(arguments='{"x": 1}'),
        piece(NONE, "b", "g", '{"y":'),
        piece(arguments=" 2}"),
    ],
    "index null": [
        piece(None, "a", "f", '{"x": 1}'),
        piece(None, "b", "g", '{"y":'),
        piece(None, arguments=" 2}"),
    ],
    "index 0 twice": [
        piece(0, "a", "f", '{"x": 1'),
        piece(0, arguments="}"),
        piece(0, "b", "g", '{"y":'),
        piece(0, arguments=" 2}"),
    ],
    "index 0 twice, interleaved by id": [
        piece(0, "a", "f", '{"x":'),
        piece(0, "b", "g", '{"y":'),
        piece(0, "a", arguments=" 1}"),
        piece(0, "b", arguments=" 2}"),
    ],
    "an empty id and name in every other piece": [
        piece(NONE, "a", "f", '{"x":'),
        piece(NONE, "", "", " 1}"),
        piece(NONE, "b", "g", '{"y":'),
        piece(NONE, "", "", " 2}"),
    ],
    "a null id and name, and a null piece of arguments": [
        piece(0, "a", "f", None),
        piece(0, None, None, '{"x": 1}'),
        piece(1, "b", "g", '{"y": 2}'),
        piece(1, None, None, None),
    ],
    "a fresh id with every piece": [
        piece(0, "a", "f", '{"x":'),
        piece(0, "a2", arguments=" 1}"),
        piece(1, "b", "g", '{"y":'),
        piece(1, "b2", arguments=" 2}"),
    ],
    "a fresh id with every piece and no index": [
        piece(NONE, "a", "f", '{"x":'),
        piece(NONE, "a2", None, " 1}"),
        piece(NONE, "b", "g", '{"y":'),
        piece(NONE, "b2", "", " 2}"),
    ],
    "the id and the name in every piece": [
        piece(NONE, "a", "f", '{"x":'),
        piece(NONE, "a", "f", " 1}"),
        piece(NONE, "b", "g", '{"y":'),
        piece(NONE, "b", "g", " 2}"),
    ],
    "interleaved by index": [
        piece(0, "a", "f", '{"x":'),
        piece(1, "b", "g", '{"y":'),
        piece(0, arguments=" 1}"),
        piece(1, arguments=" 2}"),
    ],
    "interleaved by id": [
        piece(NONE, "a", "f", '{"x":'),
        piece(NONE, "b", "g", '{"y":'),
        piece(NONE, "a", arguments=" 1}"),
        piece(NONE, "b", arguments=" 2}"),
    ],
    "the index only at first": [
        piece(0, "a", "f", '{"x":'),
        piece(arguments=" 1}"),
        piece(1, "b", "g", '{"y":'),
        piece(arguments=" 2}"),
    ],
    "arguments as objects": [
        piece(NONE, "a", "f", {"x": 1}),
        piece(NONE, "b", "g", {"y": 2}),
    ],
}


@pytest.mark.parametrize("pieces", TWO_CALLS.values(), ids=TWO_CALLS)
def test_two_calls_stay_two(pieces):
    assert accumulate(stream_of(*map(chunk, pieces))).read().tool_calls == (A, B)
    assert accumulate(stream_of(chunk(*pieces))).read().tool_calls == (A, B)  # in one chunk

    # the pieces of stream() have the right index, and chunks made by hand are joined as well
    texts = {}
    for came in stream_of(*map(chunk, pieces)):
        for call in came.tool_calls:
            texts[call.index] = texts.get(call.index, "") + call.arguments
    assert texts == {0: A.arguments, 1: B.arguments}
    by_hand = [Chunk.from_wire(chunk(one)) for one in pieces]
    assert accumulate(by_hand).read().tool_calls == (A, B)


@pytest.mark.parametrize("pieces", TWO_CALLS.values(), ids=TWO_CALLS)
def test_each_choice_has_its_own_calls(pieces):
    both = [chunk(one, choice=choice) for one in pieces for choice in (0, 1)]
    first, second = accumulate(stream_of(*both)).read().choices
    assert first.tool_calls == second.tool_calls == (A, B)


@pytest.mark.parametrize("id", [NONE, None, ""])
@pytest.mark.parametrize("index", [NONE, None, 0])
def test_a_call_without_an_id(index, id):
    pieces = [piece(index, id, "f", '{"x":'), piece(index, id, NONE, " 1}")]
    (call,) = accumulate(stream_of(*map(chunk, pieces))).read().tool_calls
    assert call == ToolCall("", "f", '{"x": 1}')


def test_the_same_id_at_two_indexes_is_two_calls():
    pieces = [piece(0, "c", "f", "{}"), piece(1, "c", "g", "{"), piece(1, "c", arguments="}")]
    calls = accumulate(stream_of(*map(chunk, pieces))).read().tool_calls
    assert calls == (ToolCall("c", "f", "{}"), ToolCall("c", "g", "{}"))


def test_indexes_that_begin_at_one_or_come_out_of_order():
    pieces = [piece(2, "b", "g", '{"y": 2}'), piece(1, "a", "f", '{"x": 1}')]
    assert accumulate(stream_of(*map(chunk, pieces))).read().tool_calls == (A, B)


def test_a_second_call_at_an_index_leaves_the_next_index_free():
    pieces = [
        piece(0, "a", "f", '{"x": 1}'),
        piece(0, "b", "g", '{"y":'),
        piece(1, "c", "h", "{"),
        piece(0, arguments=" 2}"),
        piece(1, arguments="}"),
    ]
    calls = accumulate(stream_of(*map(chunk, pieces))).read().tool_calls
    assert calls == (A, B, ToolCall("c", "h", "{}"))


@pytest.mark.parametrize("index", ["x", [], {}, 1e999])
def test_an_index_that_is_no_number_is_a_broken_stream(index):
    body = json.dumps(chunk(piece(index, "a", "f")))
    with pytest.raises(StreamBroken, match="not a chunk"):
        list(fake(sse(event(delta("x")), event(body))).stream("x"))


# Half a character: JSON can hold each half of a surrogate pair, UTF-8 cannot.

HIGH = "\ud83d"
LOW = "\ude00"


def texts(*parts: str, **fields) -> list[str]:
    """The texts of the chunks of a stream; JSON's escapes carry the halves."""
    events = [event(json.dumps(delta(part, **fields))) for part in parts]
    return [came.text for came in fake(sse(*events, event("[DONE]"))).stream("x")]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([HIGH, LOW], ["", "😀"]),
        (["a" + HIGH, LOW + "b"], ["a", "😀b"]),
        ([HIGH, "", LOW], ["", "", "😀"]),
        ([HIGH, "b"], ["", "\ufffdb"]),
        ([LOW, "b"], ["\ufffd", "b"]),
        ([HIGH + HIGH, LOW], ["\ufffd", "😀"]),
        (["a", HIGH], ["a", "", "\ufffd"]),
        (["好", "a😀"], ["好", "a😀"]),
    ],
)
def test_halves_are_joined_and_a_lone_one_is_replaced(parts, expected):
    assert texts(*parts) == expected
    joined = accumulate(Chunk.from_wire(delta(part)) for part in parts).read()
    assert joined.text == "".join(expected)
    assert joined.message["content"] == "".join(expected)


def test_halves_of_two_choices_do_not_meet():
    parts = [(0, HIGH), (1, "b"), (0, LOW), (1, HIGH)]
    events = [event(json.dumps(delta(text, index=index))) for index, text in parts]
    answer = accumulate(fake(sse(*events, event("[DONE]"))).stream("x")).read()
    assert [choice.text for choice in answer.choices] == ["😀", "b\ufffd"]


def test_halves_in_arguments_and_refusals():
    halves = [
        chunk(piece(0, "a", "f", '"' + HIGH)),
        chunk(piece(0, arguments=LOW + '"' + HIGH)),
        delta("", delta={"refusal": HIGH}),
        delta("", delta={"refusal": LOW + HIGH}),
    ]
    events = [event(json.dumps(half)) for half in halves]
    answer = accumulate(fake(sse(*events, event("[DONE]"))).stream("x")).read()
    assert answer.tool_calls == (ToolCall("a", "f", '"😀"\ufffd'),)
    assert answer.refusal == "😀\ufffd"


def test_a_broken_stream_keeps_half_a_character_as_a_replacement():
    parts = [event(json.dumps(delta("a" + HIGH))), httpx.ReadError("gone")]
    with pytest.raises(StreamBroken) as caught:
        list(fake(sse(*parts)).stream("x"))
    assert caught.value.text == caught.value.completion.text == "a\ufffd"


def test_a_whole_answer_with_half_a_character():
    calls = [piece(NONE, LOW, HIGH, HIGH + LOW)]
    message = {"content": f"a{HIGH}", "refusal": LOW, "tool_calls": calls}
    body = json.dumps({"choices": [{"message": message}]})  # with escapes
    answer = fake(httpx.Response(200, content=body)).chat("x")
    assert (answer.text, answer.refusal) == ("a\ufffd", "\ufffd")
    assert answer.tool_calls == (ToolCall("\ufffd", "\ufffd", "😀"),)
    error = {"error": {"message": f"a{HIGH}", "code": LOW}}
    with pytest.raises(Exception, match="a\ufffd") as caught:
        fake(httpx.Response(400, content=json.dumps(error))).chat("x")
    assert str(caught.value).encode()
