"""What others' bug reports send to the Messages API: the endpoint's side of the cases AM1 to AM11.

Each test is named with its case (cases-dialects, 2026-11-28).
"""

import pytest
from anthropic_door import Door, joined

PLANET = [{"role": "user", "content": "What is the largest planet?"}]


@pytest.fixture(scope="module")
def door(endpoint):
    with Door(endpoint) as door:
        yield door


@pytest.fixture(scope="module")
def full_door(full):
    with Door(full) as door:
        yield door


def user(*content) -> dict:
    return {"role": "user", "content": list(content)}


def assistant(*content) -> dict:
    return {"role": "assistant", "content": list(content)}


def text(words: str, **fields) -> dict:
    return {"type": "text", "text": words, **fields}


def call(ident: str, city: str = "Oslo") -> dict:
    return {"type": "tool_use", "id": ident, "name": "weather", "input": {"city": city}}


def result(ident: str, content) -> dict:
    return {"type": "tool_result", "tool_use_id": ident, "content": content}


ASKED = [user(text("Weather?")), assistant(call("call_a"), call("call_b", "Bergen"))]


def test_am1_two_results_in_two_turns_are_both_seen(door):
    one = [*ASKED, user(result("call_a", "rain"), result("call_b", "sun"))]
    two = [*ASKED, user(result("call_a", "rain")), user(result("call_b", "sun"))]
    answers = [door.message(messages=each, temperature=0)["content"] for each in (one, two)]
    assert answers[0] == answers[1]
    for place in (2, 3):
        longer = list(two)
        ident = longer[place]["content"][0]["tool_use_id"]
        longer[place] = user(result(ident, "rain and then a lot of snow"))
        assert door.count(messages=longer) > door.count(messages=two) == door.count(messages=one)


@pytest.mark.parametrize(
    ("turns", "missing"),
    [
        ([], "call_a, call_b"),
        ([user(text("And?"))], "call_a, call_b"),
        ([user(result("call_a", "rain"))], "call_b"),
        ([user(result("call_a", "rain"), text("And?"), result("call_b", "sun"))], "call_b"),
        ([user(result("call_a", "rain"), text("And?")), user(result("call_b", "sun"))], "call_b"),
        ([user(result("call_b", "sun")), assistant(text("Well."))], "call_a"),
    ],
)
def test_am1_a_missing_result_is_named(door, turns, missing):
    assert door.refused(messages=[*ASKED, *turns]) == (
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: "
        f"{missing}. Each `tool_use` block must have a corresponding `tool_result` block in the "
        "next message."
    )


def test_am1_results_that_nobody_asked_for(door):
    for messages, place in (
        ([user(result("call_x", "rain"))], "messages.0.content.0"),
        ([*ASKED, user(result("call_a", ""), result("call_x", ""))], "messages.2.content.1"),
    ):
        assert door.refused(messages=messages).startswith(
            f"{place}: unexpected `tool_use_id` found in `tool_result` blocks: call_x. "
        )
    twice = user(result("call_a", "1"), result("call_b", "2"), result("call_a", "3"))
    assert door.refused(messages=[*ASKED, twice]) == (
        "messages.2.content.2: each tool_use must have a single result. Found multiple "
        "`tool_result` blocks with id: call_a"
    )


def test_am1_calls_with_one_id(door):
    same = [*ASKED[:1], assistant(call("call_a"), call("call_a"))]
    later = [*ASKED, user(result("call_a", ""), result("call_b", "")), assistant(call("call_b"))]
    for messages, place in ((same, "messages.1.content.1"), (later, "messages.3.content.0")):
        assert door.refused(messages=messages) == f"{place}: `tool_use` ids must be unique"


@pytest.mark.parametrize(
    "messages",
    [
        [user(text(""))],
        [user(text("Hi"), text(""))],
        [user(text("Hi")), assistant(text(""), call("call_a")), user(result("call_a", ""))],
        [*ASKED, user(result("call_a", [text("")]), result("call_b", "sun"))],
    ],
)
def test_am3_an_empty_text_is_refused(door, messages):
    assert door.refused(messages=messages) == "messages: text content blocks must be non-empty"


def test_am3_a_blank_text_is_refused(door):
    sentence = "text content blocks must contain non-whitespace text"
    assert door.refused(messages=[user(text(" \n"))]) == f"messages: {sentence}"
    assert door.refused(messages=[{"role": "user", "content": " "}]) == f"messages: {sentence}"
    assert door.refused(system=[text(" ")]) == f"system: {sentence}"


@pytest.mark.parametrize("fields", [{"stop_sequences": ["The"]}, {"max_tokens": 0}])
def test_am3_an_answer_without_text_has_no_block_and_is_history(full_door, fields):
    fields = {"messages": PLANET, "temperature": 0, **fields}
    whole = full_door.message(**fields)
    assert whole["content"] == []
    assert joined(full_door.events(**fields))["content"] == []
    history = [*PLANET, {"role": "assistant", "content": whole["content"]}, *PLANET]
    assert full_door.message(messages=history)["usage"]["input_tokens"] > 20


def test_am5_which_stop_it_was(full_door):
    fields = {"messages": PLANET, "temperature": 0, "max_tokens": 40}
    free = full_door.message(**fields)["content"][0]["text"]
    assert " the" in free
    fields["stop_sequences"] = ["zebra", "the"]
    for message in (full_door.message(**fields), joined(full_door.events(**fields))):
        assert (message["stop_reason"], message["stop_sequence"]) == ("stop_sequence", "the")
        assert message["content"][0]["text"] == free.partition("the")[0]

    fields["max_tokens"] = 1
    for message in (full_door.message(**fields), joined(full_door.events(**fields))):
        assert (message["stop_reason"], message["stop_sequence"]) == ("max_tokens", None)


def test_am5_an_answer_that_ends_by_itself(full_door):
    fields = {"temperature": 0, "max_tokens": 20, "stop_sequences": ["zebra"]}
    for message in (full_door.message(**fields), joined(full_door.events(**fields))):
        assert (message["stop_reason"], message["stop_sequence"]) == ("end_turn", None)


@pytest.mark.parametrize("ident", ["functions.weather:0", "", "call_a\n", "é"])
def test_am7_a_bad_id_is_named(door, ident):
    messages = [*ASKED[:1], assistant(call(ident)), user(result(ident, "rain"))]
    pattern = "String should match pattern '^[a-zA-Z0-9_-]+$'"
    assert door.refused(messages=messages) == f"messages.1.content.0.tool_use.id: {pattern}"
    messages[1] = assistant(call("call_a"))
    place = "messages.2.content.0.tool_result.tool_use_id"
    assert door.refused(messages=messages) == f"{place}: {pattern}"


def test_am7_a_long_id_is_right(door):
    ident = "a" * 80
    messages = [*ASKED[:1], assistant(call(ident)), user(result(ident, "rain"))]
    assert door.count(messages=messages) > 0


def test_am9_thinking_with_its_signature_is_left_out_of_the_prompt(door):
    said = [user(text("Hi")), assistant(text("Hello")), user(text("And?"))]
    thought = {"type": "thinking", "thinking": "Let me see", "signature": "AbCdEf"}
    hidden = {"type": "redacted_thinking", "data": "AbC"}
    thinking = [said[0], assistant(thought, hidden, text("Hello")), said[2]]
    assert door.count(messages=thinking) == door.count(messages=said)
    assert (
        door.message(messages=thinking, temperature=0)["content"]
        == (door.message(messages=said, temperature=0)["content"])
    )
    alone = [said[0], assistant(thought), said[2]]
    assert door.count(messages=alone) < door.count(messages=said)


def test_am9_thinking_without_a_signature_is_refused(door):
    block = {"type": "thinking", "thinking": "from elsewhere"}
    messages = [user(text("Hi")), assistant(block), user(text("And?"))]
    assert door.refused(messages=messages) == (
        "messages.1.content.0.thinking.signature: Field required"
    )
    messages[1] = assistant(block | {"signature": ""})
    assert door.refused(messages=messages) == (
        "messages.1.content.0: Invalid `signature` in `thinking` block"
    )


def test_am11_all_texts_of_the_system_are_seen(door):
    first = text("Answer in one word.")
    second = text("Use capitals.", cache_control={"type": "ephemeral"})
    counts = [door.count(system=system) for system in ([first], [second], [first, second])]
    assert counts[2] > counts[0] > 0
    assert counts[2] > counts[1] > 0
    both = door.message(system=[first, second], temperature=0)
    assert both["usage"]["input_tokens"] == counts[2]


def test_am11_texts_do_not_grow_together(door):
    for system in ([text("sun"), text("flower")], "sun\n\nflower"):
        assert door.count(system=system) > door.count(system="sunflower")
    asked = [user(text("sun"), text("flower"))]
    assert door.count(messages=asked) > door.count(messages=[user(text("sunflower"))])
