"""What the checks of input and output read, and what they let pass."""

import hashlib

import pytest
from fake_endpoint import completion, fake

from samplers.api import Blocked, check_input, check_output, safety_identifier

IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


def is_unsafe(text):
    return "kill" in text or "杀" in text


def part(text):
    return {"type": "text", "text": text}


def call(arguments, name="f"):
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}


def message(content=None, role="user", **fields):
    return {"role": role, "content": content, **fields}


UNSAFE = [
    message("kill them"),
    message("kill them", "system"),
    message("kill them", "tool", tool_call_id="1"),
    message([part("hello"), part("kill them")]),
    message([part("ki"), part("ll them")]),
    message([part("hello"), part("kill")]),
    message([{"type": "refusal", "refusal": "kill them"}], "assistant"),
    message(refusal="kill them", role="assistant"),
    message("hello", name="kill"),
    message("hello", "assistant", reasoning_content="kill"),
    message(role="assistant", tool_calls=[call("{}"), call('{"a": "kill"}')]),
    message(role="assistant", tool_calls=[call(r'{"a": "\u6740"}')]),
    message(role="assistant", tool_calls=[call('{"a": "kill", "a": ""}')]),
    message(role="assistant", tool_calls=[call('{"a": "kill')]),
    message(role="assistant", tool_calls=[call("{}", "kill")]),
    message(role="assistant", tool_calls=[call({"kill": 1})]),
    message(role="assistant", tool_calls={"function": {"name": "kill"}}),
    message("hello", "assistant", reasoning_details=[{"text": "kill"}]),
    message(role="assistant", tool_calls=[{"type": "custom", "custom": {"input": "kill"}}]),
    message(role="assistant", function_call={"name": "f", "arguments": '{"a": "kill"}'}),
]


@pytest.mark.parametrize("unsafe", UNSAFE)
def test_every_text_of_a_message_is_read(unsafe):
    blocked = check_input([message("hello"), unsafe], is_unsafe)
    assert blocked == Blocked("messages[1]", "its text is unsafe")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ([part("hello"), IMAGE], "image_url"),
        ([{"type": "input_audio"}], "input_audio"),
        ([{"type": "text"}], "text"),
        ([{"type": ["text"], "text": "hello"}], "['text']"),
        ([None, 1], "int"),
        ((part("hello"),), "tuple"),
        ({"text": "hello"}, "None"),
    ],
)
def test_what_cannot_be_read_is_blocked(content, kind):
    blocked = check_input([message(content)], is_unsafe)
    assert blocked == Blocked("messages[0]", f"it has a part that cannot be read ({kind})")


def test_what_a_model_said_aloud_is_blocked():
    spoken = message(role="assistant", audio={"id": "audio_1"})
    blocked = check_input([spoken], is_unsafe)
    assert blocked == Blocked("messages[0]", "it has a part that cannot be read (audio)")
    assert check_input([message("hello", "assistant", audio=None)], is_unsafe) is None


@pytest.mark.parametrize(
    "messages",
    [
        "hello",
        [message("hello"), message(role="assistant", tool_calls=[call("{}")])],
        [message([part("hello"), part("you")])],
        [message("")],
    ],
)
def test_what_passes(messages):
    assert check_input(messages, is_unsafe) is None


def test_each_message_is_tested_once_and_an_empty_one_not_at_all():
    texts = []
    check_input([message("a"), message(""), message([part("b"), part("c")])], texts.append)
    assert texts == ["a", "bc\nb\nc"]


@pytest.mark.parametrize("messages", [None, [], 1, ["kill"]])
def test_wrong_messages(messages):
    with pytest.raises(ValueError, match="messages must be"):
        check_input(messages, is_unsafe)


def answered(**choice):
    return fake(completion(**choice)).chat("hello")


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ({"text": "kill them"}, "its text is unsafe"),
        ({"message": {"content": None, "refusal": "kill"}}, "its text is unsafe"),
        ({"message": {"content": None, "tool_calls": [call("kill")]}}, "its text is unsafe"),
        (
            {"text": "", "finish_reason": "content_filter"},
            "the provider's filter ended it (content_filter)",
        ),
    ],
)
def test_an_unsafe_answer(choice, reason):
    assert check_output(answered(**choice), is_unsafe) == Blocked("choices[0]", reason)


@pytest.mark.parametrize(
    "choice",
    [
        {"text": "hello"},
        {"text": "", "finish_reason": "length"},
        {"message": {"content": None, "tool_calls": [call("{}")]}},
    ],
)
def test_a_safe_answer(choice):
    """An empty one, too: a model that reasons can use up its tokens before it says anything."""
    assert check_output(answered(**choice), is_unsafe) is None


@pytest.mark.parametrize("answer", ["kill", None, {"choices": []}])
def test_what_is_no_answer(answer):
    with pytest.raises(ValueError, match="completion must be a Completion, got a"):
        check_output(answer, is_unsafe)


def test_every_choice_is_read(client):
    answer = client.chat("Say hello.", n=2, seed=1, max_tokens=4)
    second = answer.choices[1].text
    assert answer.choices[0].text != second
    assert check_output(answer, second.__eq__) == Blocked("choices[1]", "its text is unsafe")


def test_with_the_endpoints_verdicts(client):
    def flagged(text):
        return client.moderate(text)[0].flagged

    assert check_input("I will kill them", flagged)
    assert check_input("How do I kill a process?", flagged) is None


def test_a_users_id_goes_out_as_a_hash(client):
    hashed = safety_identifier("ada@example.com")
    assert hashed == hashlib.sha256(b"ada@example.com").hexdigest()
    assert client.chat("Hi", max_tokens=1, safety_identifier=hashed).choices


@pytest.mark.parametrize("user_id", ["", None, 4711, b"ada"])
def test_a_wrong_id_is_not_shown(user_id):
    with pytest.raises(ValueError, match="user_id must be a str") as caught:
        safety_identifier(user_id)
    assert "4711" not in str(caught.value)
    assert "ada" not in str(caught.value)
