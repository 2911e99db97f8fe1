"""History cut to a budget: what stays, what goes first, and how often tokens are counted."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samplers.api import fit


def message(role, size=1, **more) -> dict:
    """A message of `size` tokens, as `count` counts them."""
    return {"role": role, "content": "x" * size, **more}


def count(messages) -> int:
    return sum(len(m["content"]) for m in messages)


def calling(*ids, size=1) -> dict:
    return message("assistant", size, tool_calls=[{"id": i, "type": "function"} for i in ids])


def result(of, size=1) -> dict:
    return message("tool", size, tool_call_id=of)


def kept(messages, budget) -> str:
    """The first letters of the kept messages' roles."""
    fitted = fit(messages, budget, count)
    assert fitted.tokens == count(fitted.messages) <= budget
    return "".join(m["role"][0] for m in fitted.messages)


# instructions, and three turns, the last of which calls tools twice
CONVERSATION = [
    message("system"),
    message("user"),
    message("assistant"),
    message("user"),
    calling("a", "b"),
    result("a"),
    result("b"),
    message("assistant"),
    message("user"),
    calling("c"),
    result("c"),
    calling("d"),
    result("d"),
]


@pytest.mark.parametrize(
    ("budget", "roles"),
    [
        (99, "suauattauatat"),
        (13, "suauattauatat"),
        (12, "suattauatat"),  # the first turn goes whole
        (11, "suattauatat"),
        (10, "suatat"),  # so does the second, with its calls and results
        (6, "suatat"),
        (5, "suat"),  # the last question stays; its oldest call and result go together
        (4, "suat"),
    ],
)
def test_what_goes_first(budget, roles):
    assert kept(CONVERSATION, budget) == roles


def test_what_was_dropped_is_reported_and_nothing_is_lost_or_changed():
    before = copy.deepcopy(CONVERSATION)
    fitted = fit(CONVERSATION, 5, count)
    assert before == CONVERSATION
    assert fitted.dropped == CONVERSATION[1:8] + CONVERSATION[9:11]
    assert fitted.messages == [CONVERSATION[0], CONVERSATION[8], *CONVERSATION[11:]]
    assert fit(CONVERSATION, 13, count).dropped == []


def test_the_error_says_how_much_is_always_kept():
    says = "budget must be >= 4 tokens, the size of what is always kept, got 3"
    with pytest.raises(ValueError, match=says):
        fit(CONVERSATION, 3, count)


@pytest.mark.parametrize(
    ("messages", "budget", "roles"),
    [
        ([message("user")], 1, "u"),
        ([message("system"), message("developer")], 2, "sd"),
        # instructions stay where they were
        ([message("user"), message("developer"), message("user")], 2, "du"),
        # a greeting before the first turn
        ([message("assistant"), message("user"), message("assistant")], 2, "ua"),
        ([message("assistant")] * 3, 1, "a"),
        ([message("user")] * 3, 1, "u"),
        ([message("user"), calling("a"), result("a"), message("assistant")], 2, "ua"),
        # the call's result is still to come
        ([message("user"), message("assistant"), message("user"), calling("a")], 2, "ua"),
    ],
)
def test_shapes(messages, budget, roles):
    assert kept(messages, budget) == roles


def test_a_str_is_one_user_message():
    assert fit("hello", 5, count).messages == [{"role": "user", "content": "hello"}]


@st.composite
def conversations(draw):
    """Well-formed ones: turns of a question and answers, some of which call tools."""
    size = st.integers(0, 5)
    messages = []
    if draw(st.booleans()):
        messages.append(message("system", draw(size)))

    for turn in range(draw(st.integers(1, 8))):
        messages.append(message("user", draw(size)))
        for step in range(draw(st.integers(0, 3))):
            ids = [f"{turn}.{step}.{i}" for i in range(draw(st.integers(0, 3)))]
            messages.append(calling(*ids, size=draw(size)))
            messages += [result(i, draw(size)) for i in ids]
    return messages


@given(conversations(), st.integers(1, 150))
def test_any_conversation(messages, budget):
    counts = []

    def counted(some):
        counts.append(len(some))
        return count(some)

    try:
        fitted = fit(messages, budget, counted)
    except ValueError:
        assert len(counts) == 2  # all messages, and those that are always kept
        return

    assert fitted.tokens == count(fitted.messages) <= budget
    assert bool(fitted.dropped) == (count(messages) > budget)
    assert len(counts) <= 2 + len(messages).bit_length()

    assert [m for m in messages if m in fitted.messages or m in fitted.dropped] == messages
    assert len(fitted.messages) + len(fitted.dropped) == len(messages)

    called = {c["id"] for m in fitted.messages for c in m.get("tool_calls", ())}
    assert {m["tool_call_id"] for m in fitted.messages if m["role"] == "tool"} == called
    instructions = [m for m in messages if m["role"] == "system"]
    assert [m for m in fitted.messages if m["role"] == "system"] == instructions
    assert next(m["role"] for m in fitted.messages if m["role"] != "system") == "user"
    if messages[-1]["role"] != "tool":
        assert fitted.messages[-1] == messages[-1]


@pytest.mark.parametrize(
    ("messages", "place"),
    [
        ([message("user"), result("a")], 1),
        ([result("a")], 0),
        ([calling("a"), message("user"), result("a")], 2),
        ([calling("a"), result("b")], 1),
        ([calling("a"), result("a"), message("assistant"), result("a")], 3),
    ],
)
def test_a_result_without_its_call(messages, place):
    says = rf"messages\[{place}\] is the result of a tool call that is not right before it"
    with pytest.raises(ValueError, match=says):
        fit(messages, 100, count)


@pytest.mark.parametrize("budget", [0, -1, 2.5, True, None, "9"])
def test_bad_budget(budget):
    with pytest.raises(ValueError, match="budget must be an int >= 1"):
        fit("x", budget, count)


@pytest.mark.parametrize("messages", [[], None, [{"content": "x"}]])
def test_bad_messages(messages):
    with pytest.raises(ValueError, match="messages must be"):
        fit(messages, 9, count)


def test_with_the_real_models_tokens(client):
    conversation = [{"role": "system", "content": "Be brief."}]
    for i in range(40):
        conversation += [
            {"role": "user", "content": f"What is {i} + {i}?"},
            {"role": "assistant", "content": f"It is {2 * i}."},
        ]
    conversation.append({"role": "user", "content": "And in all?"})
    counts = []

    def tokens(messages):
        counts.append(len(messages))
        return client.tokenize(messages).count

    fitted = fit(conversation, 200, tokens)
    assert client.chat(fitted.messages, max_tokens=1).usage.prompt_tokens == fitted.tokens <= 200
    assert fitted.messages[0] == conversation[0]
    assert fitted.messages[-1] == conversation[-1]
    assert fitted.messages[1]["role"] == "user"
    assert len(counts) <= 9

    one_turn_more = [conversation[0], *fitted.dropped[-2:], *fitted.messages[1:]]
    assert client.tokenize(one_turn_more).count > 200  # no turn was dropped without need
