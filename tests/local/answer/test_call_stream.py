"""tool_calls read from the text of calls, whatever the cuts."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.local.answer.call_stream import CallStream
from samplers.local.request import tool_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.from_regex("[a-z_-]{1,9}", fullmatch=True)
CALLS = st.lists(st.tuples(NAMES, st.dictionaries(st.text(), JSON)), min_size=1)


def joined(deltas) -> list[dict]:
    """The calls that deltas add up to."""
    calls: list[dict] = []
    for delta in deltas:
        if "id" in delta:
            assert delta["index"] == len(calls)
            assert delta["type"] == "function"
            call = {name: value for name, value in delta.items() if name != "index"}
            calls.append(call | {"function": dict(delta["function"])})
        else:
            calls[delta["index"]]["function"]["arguments"] += delta["function"]["arguments"]
    return calls


@settings(max_examples=30, deadline=None)
@given(CALLS, st.data())
def test_calls_are_read_whatever_the_cuts(given_calls, data):
    text = tool_text.calls_text([(name, json.dumps(fields)) for name, fields in given_calls])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    stream = CallStream()
    deltas = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        deltas += stream.feed(text[start:end])

    calls = joined(deltas)
    assert stream.calls == calls
    assert len({call["id"] for call in calls}) == len(given_calls)
    functions = [call["function"] for call in calls]
    read = [(function["name"], json.loads(function["arguments"])) for function in functions]
    assert read == given_calls


def test_calls_that_are_cut_short():
    stream = CallStream()
    assert not list(stream.feed('[{"name":"get_we'))
    assert stream.calls == []
    list(stream.feed('ather","arguments":{"city":"Pa'))
    functions = [call["function"] for call in stream.calls]
    assert functions == [{"name": "get_weather", "arguments": '{"city":"Pa'}]
