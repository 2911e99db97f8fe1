"""To Anthropic's form and back: where nothing is lost, the same request."""

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api.dialects.anthropic import answer, openai_request, request

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
IDS = st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True)
ANY_IDS = IDS | st.text(max_size=12) | st.sampled_from(["", "f:0", "f_0", "f.0"])
INPUTS = st.dictionaries(TEXTS, st.none() | st.booleans() | st.integers() | TEXTS, max_size=3)
PARTS = st.one_of(
    TEXTS.map(lambda text: {"type": "text", "text": text}),
    st.sampled_from(["https://a.example/b.png", "data:image/png;base64,iVBORw0KGgo="]).map(
        lambda url: {"type": "image_url", "image_url": {"url": url}}
    ),
)
SIGNED = st.builds(
    lambda text, mark: {"type": "thinking", "thinking": text, "signature": mark}, TEXTS, TEXTS
)


@st.composite
def turn_with_calls(draw, ids=IDS):
    """The assistant's calls and their results, in any order."""
    names = draw(st.lists(ids, min_size=1, max_size=4))
    calls = []
    for name in names:
        arguments = json.dumps(draw(INPUTS), ensure_ascii=False)
        function = {"name": "weather", "arguments": arguments}
        calls.append({"id": name, "type": "function", "function": function})
    message = {"role": "assistant", "content": draw(st.none() | TEXTS), "tool_calls": calls}
    results = [
        {"role": "tool", "tool_call_id": name, "content": draw(st.just("") | TEXTS)}
        for name in names
    ]
    return [message, *draw(st.permutations(results))]


@st.composite
def conversations(draw, ids=IDS):
    messages = [{"role": "system", "content": text} for text in draw(st.lists(TEXTS, max_size=2))]
    for _ in range(draw(st.integers(1, 3))):
        parts = st.lists(PARTS, min_size=2, max_size=3)
        messages.append({"role": "user", "content": draw(TEXTS | parts)})
        if draw(st.booleans()):
            messages += draw(turn_with_calls(ids))
        said = {"role": "assistant", "content": draw(TEXTS)}
        if draw(st.booleans()):
            thought = draw(SIGNED)
            said |= {"thinking_blocks": [thought], "reasoning_content": thought["thinking"]}
        messages.append(said)
    return [*messages, {"role": "user", "content": draw(TEXTS)}]


def ids_are_new(messages):
    ids = [call["id"] for m in messages for call in m.get("tool_calls", ())]
    return len(ids) == len(set(ids))


@given(conversations().filter(ids_are_new))
@settings(deadline=None)  # another process may hold the machine
def test_a_conversation_comes_back(messages):
    there = request({"model": "m", "max_completion_tokens": 9, "messages": messages})
    assert there.lost == ()
    back = openai_request(there.body)
    assert back.body == {"model": "m", "max_completion_tokens": 9, "messages": messages}
    assert back.lost == ()


@given(conversations(ANY_IDS))
@settings(deadline=None)
def test_any_ids_stay_apart_and_with_their_results(messages):
    body = request({"messages": messages}).body
    assert body == request({"messages": messages}).body
    assert [turn["role"] for turn in body["messages"]] == [
        ("user", "assistant")[i % 2] for i in range(len(body["messages"]))
    ]

    seen = set()
    waiting = set()
    for turn in body["messages"]:
        blocks = turn["content"] if isinstance(turn["content"], list) else []
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        assert sorted(results) == sorted(waiting)
        waiting = {block["id"] for block in blocks if block["type"] == "tool_use"}
        assert not waiting & seen
        assert all(re.fullmatch("[a-zA-Z0-9_-]+", id) for id in waiting)
        seen |= waiting


@given(st.lists(TEXTS | IDS | INPUTS | SIGNED, max_size=5))
@settings(deadline=None)
def test_what_an_answer_says_goes_back(drawn):
    """A block of each: thinking first, text, calls, as Anthropic's answers have them."""
    thinking = [item for item in drawn if isinstance(item, dict) and "signature" in item]
    inputs = [item for item in drawn if isinstance(item, dict) and "signature" not in item]
    text = "".join(item for item in drawn if isinstance(item, str))
    content = [*thinking, {"type": "text", "text": "T" + text}]
    content += [
        {"type": "tool_use", "id": f"toolu_{i}", "name": "weather", "input": value}
        for i, value in enumerate(inputs)
    ]
    reason = "tool_use" if inputs else "end_turn"
    came = answer({"type": "message", "content": content, "stop_reason": reason})
    assert came.lost == ()

    said = came.body["choices"][0]["message"]
    history = [{"role": "user", "content": "Q"}, said]
    history += [
        {"role": "tool", "tool_call_id": f"toolu_{i}", "content": "r"} for i in range(len(inputs))
    ]
    sent = request({"messages": [*history, {"role": "user", "content": "?"}]}).body["messages"]
    assert sent[1]["content"] == (content if len(content) > 1 else "T" + text)
