"""Messages that go to Gemini come back as they were."""

import copy
import json

from gemini_turns import calls, result
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api.dialects.gemini import openai_request, request

TEXT = st.text(min_size=1, max_size=8)
TEXT_PARTS = st.lists(TEXT.map(lambda text: {"type": "text", "text": text}), min_size=2, max_size=3)
IMAGES = st.sampled_from(["png", "jpeg"]).map(
    lambda kind: {
        "type": "image_url",
        "image_url": {"url": f"data:image/{kind};base64,AAAA"},
    }
)
USERS = (TEXT | TEXT_PARTS | st.lists(IMAGES, min_size=1, max_size=2)).map(
    lambda content: {"role": "user", "content": content}
)
ARGUMENTS = st.dictionaries(TEXT, st.none() | st.integers() | TEXT | st.lists(TEXT, max_size=2))
RESULTS = TEXT | TEXT_PARTS | ARGUMENTS.map(lambda value: json.dumps(value, ensure_ascii=False))
THOUGHTS = st.fixed_dictionaries({}, optional={"reasoning_content": TEXT})
SAID = st.builds(
    lambda content, more: {"role": "assistant", "content": content, **more},
    TEXT | TEXT_PARTS,
    THOUGHTS,
)


@st.composite
def called(draw) -> list[dict]:
    """A turn with calls, and their results in any order."""
    ids = draw(st.lists(st.uuids().map(str), min_size=1, max_size=3, unique=True))
    arguments = [json.dumps(draw(ARGUMENTS), ensure_ascii=False) for _ in ids]
    turn = calls(*zip(ids, arguments, strict=True), **draw(THOUGHTS))
    turn["content"] = draw(st.none() | TEXT)
    return [turn, *(result(id, draw(RESULTS)) for id in draw(st.permutations(ids)))]


HISTORIES = st.builds(
    lambda system, turns: [*system, *(message for turn in turns for message in turn)],
    st.lists(TEXT.map(lambda text: {"role": "system", "content": text}), max_size=1),
    st.lists(USERS.map(lambda m: [m]) | SAID.map(lambda m: [m]) | called(), min_size=1, max_size=5),
)


@given(HISTORIES)
@settings(max_examples=200, deadline=None)
def test_messages_come_back_as_they_were(history):
    before = copy.deepcopy(history)
    made = request({"model": "gemini-4-argon", "messages": history})
    assert made.lost == ()
    assert openai_request(made.body).body["messages"] == before
    assert history == before
