"""OpenAI's messages as Gemini's contents, and back: roles, calls and results, ids, signatures."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.api.dialects.gemini import answer, openai_request, request

OSLO = {"city": "Oslo"}
BERGEN = {"city": "Bergen"}


def user(text: str) -> dict:
    return {"role": "user", "content": text}


def calls(*ids_and_arguments, **more) -> dict:
    """An assistant's message with calls of weather."""
    made = [
        {"id": id, "type": "function", "function": {"name": "weather", "arguments": arguments}}
        for id, arguments in ids_and_arguments
    ]
    return {"role": "assistant", "content": None, "tool_calls": made, **more}


def result(id: str, content="rain") -> dict:
    return {"role": "tool", "tool_call_id": id, "content": content}


def contents(*messages: dict, lost=()) -> list[dict]:
    """The contents of these messages; `lost` must be these."""
    made = request({"model": "gemini-4-argon", "messages": list(messages)})
    assert made.lost == tuple(lost)
    return made.body["contents"]


def messages(*turns: dict, **more) -> list[dict]:
    made = openai_request({"contents": list(turns), **more})
    assert made.lost == ()
    return made.body["messages"]


def call_part(args: dict, **more) -> dict:
    return {"functionCall": {"name": "weather", "args": args, **more}}


def response_part(response: dict, **more) -> dict:
    return {"functionResponse": {"name": "weather", "response": response, **more}}


def by_city(made: list[dict]) -> dict:
    """Each city's result, by the ids of calls and results."""
    cities = {
        call["id"]: json.loads(call["function"]["arguments"])["city"]
        for message in made
        for call in message.get("tool_calls", ())
    }
    return {cities[m["tool_call_id"]]: m["content"] for m in made if m["role"] == "tool"}


def test_GE1_two_calls_of_one_name_without_ids():
    made = messages(
        {"role": "user", "parts": [{"text": "Weather?"}]},
        {"role": "model", "parts": [call_part(OSLO), call_part(BERGEN)]},
        {
            "role": "user",
            "parts": [response_part({"output": "rain"}), response_part({"output": "sun"})],
        },
    )
    assert [m["role"] for m in made] == ["user", "assistant", "tool", "tool"]
    ids = [call["id"] for call in made[1]["tool_calls"]]
    assert len(set(ids)) == 2
    assert "weather" not in ids
    assert [m["tool_call_id"] for m in made[2:]] == ids
    assert by_city(made) == {"Oslo": "rain", "Bergen": "sun"}


def test_GE1_ids_decide_whatever_the_order():
    made = messages(
        {"role": "model", "parts": [call_part(OSLO, id="g1"), call_part(BERGEN, id="g2")]},
        {
            "role": "user",
            "parts": [
                response_part({"output": "sun"}, id="g2"),
                response_part({"output": "rain"}, id="g1"),
            ],
        },
    )
    assert [call["id"] for call in made[0]["tool_calls"]] == ["g1", "g2"]
    assert by_city(made) == {"Oslo": "rain", "Bergen": "sun"}


def test_GE1_a_name_for_an_id_is_none():
    made = messages(
        {"role": "model", "parts": [call_part(OSLO), call_part(BERGEN)]},
        {
            "role": "user",
            "parts": [
                response_part({"output": "rain"}, id="weather"),
                response_part({"output": "sun"}, id="weather"),
            ],
        },
    )
    assert by_city(made) == {"Oslo": "rain", "Bergen": "sun"}


def test_GE1_calls_of_two_names_without_ids():
    clock = {"functionCall": {"name": "clock", "args": {"city": "Rome"}}}
    made = messages(
        {"role": "model", "parts": [call_part(OSLO), clock, call_part(BERGEN)]},
        {
            "role": "function",
            "parts": [
                {"functionResponse": {"name": "clock", "response": {"output": "noon"}}},
                response_part({"output": "rain"}),
                response_part({"output": "sun"}),
            ],
        },
    )
    assert by_city(made) == {"Oslo": "rain", "Rome": "noon", "Bergen": "sun"}


def test_GE1_calls_in_contents_of_their_own():
    made = messages(
        {"role": "model", "parts": [call_part(OSLO)]},
        {"role": "model", "parts": [call_part(BERGEN)]},
        {"role": "user", "parts": [response_part({"output": "rain"})]},
        {"role": "user", "parts": [response_part({"output": "sun"})]},
    )
    assert by_city(made) == {"Oslo": "rain", "Bergen": "sun"}


def test_GE1_the_same_calls_in_two_turns_have_ids_of_their_own():
    turn = [
        {"role": "model", "parts": [call_part(OSLO)]},
        {"role": "user", "parts": [response_part({"output": "rain"})]},
    ]
    made = messages(*turn, *turn)
    assert made[0]["tool_calls"][0]["id"] != made[2]["tool_calls"][0]["id"]
    assert made[3]["tool_call_id"] == made[2]["tool_calls"][0]["id"]
    assert messages(*turn, *turn) == made


def test_GE1_a_result_answers_no_call_of_an_earlier_turn():
    made = messages(
        {"role": "model", "parts": [call_part(OSLO)]},
        {"role": "user", "parts": [{"text": "Never mind: Bergen?"}]},
        {"role": "model", "parts": [call_part(BERGEN)]},
        {"role": "user", "parts": [response_part({"output": "sun"})]},
    )
    assert by_city(made) == {"Bergen": "sun"}


def test_a_made_id_is_none_that_is_there_already():
    probe = messages({"role": "model", "parts": [call_part(OSLO)]})
    taken = probe[0]["tool_calls"][0]["id"]
    made = messages({"role": "model", "parts": [call_part(OSLO), call_part(BERGEN, id=taken)]})
    first, second = (call["id"] for call in made[0]["tool_calls"])
    assert first != second == taken


def test_two_parallel_results_are_one_content_in_order():
    made = contents(
        user("Weather?"),
        calls(("call_a", '{"city": "Oslo"}'), ("call_b", '{"city": "Bergen"}')),
        result("call_a", "rain"),
        result("call_b", "sun"),
        user("Thanks."),
    )
    assert made[1] == {
        "role": "model",
        "parts": [call_part(OSLO, id="call_a"), call_part(BERGEN, id="call_b")],
    }
    assert made[2] == {
        "role": "user",
        "parts": [
            response_part({"output": "rain"}, id="call_a"),
            response_part({"output": "sun"}, id="call_b"),
        ],
    }
    assert made[3] == {"role": "user", "parts": [{"text": "Thanks."}]}


def test_results_in_another_order_keep_their_calls():
    made = contents(
        calls(("call_a", '{"city": "Oslo"}'), ("call_b", "{}")),
        result("call_b", "sun"),
        result("call_a", "rain"),
    )
    assert made[1]["parts"] == [
        response_part({"output": "sun"}, id="call_b"),
        response_part({"output": "rain"}, id="call_a"),
    ]


def test_empty_ids_get_a_made_one_on_both_sides():
    made = contents(calls(("", "{}"), ("", '{"city": "Oslo"}')), result(""), result("", "sun"))
    first, second = (part["functionCall"]["id"] for part in made[0]["parts"])
    assert "" != first != second != ""
    assert [part["functionResponse"]["id"] for part in made[1]["parts"]] == [first, second]


def test_an_id_that_comes_again_in_a_later_turn_is_another_one():
    made = contents(
        calls(("call_0", "{}")), result("call_0"), calls(("call_0", "{}")), result("call_0", "sun")
    )
    first, second = (made[i]["parts"][0]["functionCall"]["id"] for i in (0, 2))
    assert first != second
    assert made[3]["parts"] == [response_part({"output": "sun"}, id=second)]


@pytest.mark.parametrize(
    ("content", "response"),
    [
        ("rain", {"output": "rain"}),
        ("", {"output": ""}),
        ('{"sky": "grey"}', {"sky": "grey"}),
        ("{}", {}),
        ("[1, 2]", {"output": "[1, 2]"}),
        ("3", {"output": "3"}),
        ("null", {"output": "null"}),
        ('{"a": NaN}', {"output": '{"a": NaN}'}),
        ('{"a": 1, "a": 2}', {"output": '{"a": 1, "a": 2}'}),
        ('{"output": "x"}', {"output": '{"output": "x"}'}),
        ([{"type": "text", "text": "rain"}], {"output": "rain"}),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], {"output": ["a", "b"]}),
    ],
)
def test_a_tools_text_becomes_an_object(content, response):
    made = contents(calls(("call_a", "{}")), result("call_a", content))
    assert made[1]["parts"] == [response_part(response, id="call_a")]


def test_an_empty_text_beside_a_call_is_no_part():
    made = contents(calls(("call_a", "{}"), content=""))
    assert made[0]["parts"] == [call_part({}, id="call_a")]


def test_no_arguments_at_all_are_an_empty_object():
    assert contents(calls(("call_a", "")))[0]["parts"] == [call_part({}, id="call_a")]


def test_all_system_texts_stand_in_the_instruction_and_the_moved_ones_are_told():
    made = request(
        {
            "messages": [
                {"role": "system", "content": "One word."},
                {"role": "developer", "content": [{"type": "text", "text": "Capitals."}]},
                user("Hi"),
                {"role": "system", "content": "Now French."},
            ]
        }
    )
    parts = made.body["systemInstruction"]["parts"]
    assert parts == [{"text": "One word."}, {"text": "Capitals."}, {"text": "Now French."}]
    assert made.body["contents"] == [{"role": "user", "parts": [{"text": "Hi"}]}]
    assert [sentence.split(":")[0] for sentence in made.lost] == ["messages[1].role", "messages[3]"]


def test_an_instruction_of_several_texts_comes_back_as_parts():
    turn = {"role": "user", "parts": [{"text": "Hi"}]}
    made = messages(turn, systemInstruction={"parts": [{"text": "A"}, {"text": "B"}]})
    content = [{"type": "text", "text": "A"}, {"type": "text", "text": "B"}]
    assert made[0] == {"role": "system", "content": content}


def test_an_image_is_inline_data():
    image = {"type": "image_url", "image_url": {"url": "data:image/PNG;base64,AAAA"}}
    made = contents({"role": "user", "content": [image, {"type": "text", "text": ""}]})
    assert made[0]["parts"] == [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]


def test_sound_files_and_uploaded_files_go_out_and_come_back():
    uploaded = "https://generativelanguage.googleapis.com/v1beta/files/abc"
    parts = [
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}},
        {"type": "image_url", "image_url": {"url": uploaded}},
    ]
    made = contents({"role": "user", "content": parts})
    assert made[0]["parts"] == [
        {"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}},
        {"inlineData": {"mimeType": "application/pdf", "data": "AAAA"}},
        {"fileData": {"fileUri": uploaded}},
    ]
    assert messages(*made) == [{"role": "user", "content": parts}]


def test_thoughts_and_signatures_go_back_to_the_parts_they_came_from():
    parts = [
        {"text": "Let me see", "thought": True},
        {"text": "I look it up.", "thoughtSignature": "Abc"},
        call_part(OSLO, id="g1") | {"thoughtSignature": "Def"},
        call_part(BERGEN, id="g2"),
    ]
    came = answer(
        {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]}
    )
    message = came.body["choices"][0]["message"]
    assert message["content"] == "I look it up."
    made = contents(message, result("g1"), result("g2"))
    assert made[0] == {"role": "model", "parts": parts}


def test_another_providers_thoughts_are_a_thought_and_no_text():
    made = contents(calls(("call_a", "{}"), reasoning_content="r"))
    assert made[0]["parts"] == [{"text": "r", "thought": True}, call_part({}, id="call_a")]


def test_a_refusal_becomes_text_and_that_is_told():
    refused = {"role": "assistant", "content": None, "refusal": "No."}
    told = ["messages[1].refusal: Gemini has no refusal; it is text there."]
    made = contents(user("Hi"), refused, lost=told)
    assert made[1] == {"role": "model", "parts": [{"text": "No."}]}


def test_a_name_is_told_as_lost():
    told = ["messages[0].name: Gemini's contents have no such field."]
    contents(user("Hi") | {"name": "ann"}, lost=told)


def test_a_field_of_a_part_is_told_as_lost():
    part = {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}
    told = ["messages[0].content[0].cache_control: Gemini's parts have no such field."]
    contents({"role": "user", "content": [part]}, lost=told)


def test_nulls_and_empty_lists_of_an_sdk_say_nothing():
    empty = {"refusal": None, "audio": None, "function_call": None, "annotations": []}
    made = contents({"role": "assistant", "content": "Hello", "tool_calls": None} | empty)
    assert made == [{"role": "model", "parts": [{"text": "Hello"}]}]


def test_a_tools_name_is_its_calls():
    made = contents(calls(("call_a", "{}")), result("call_a") | {"name": "weather"})
    assert made[1]["parts"] == [response_part({"output": "rain"}, id="call_a")]


IMAGE = {"type": "image_url", "image_url": {"url": "https://example.org/cat.png"}}


@pytest.mark.parametrize(
    ("history", "place", "what"),
    [
        ([{"role": "function", "content": "x"}], "messages[0].role", "function"),
        ([user("x") | {"content": None}], "messages[0].content", "None"),
        ([user("x") | {"content": [IMAGE]}], "messages[0].content[0].image_url.url", "cat.png"),
        ([user("x") | {"content": [{"type": "video"}]}], "messages[0].content[0].type", "video"),
        ([user("x") | {"content": ["hi"]}], "messages[0].content[0]", "hi"),
        (
            [user("x"), calls(("a", "[1]"))],
            "messages[1].tool_calls[0].function.arguments",
            "[1]",
        ),
        (
            [calls(("a", "{}"), ("b", '{"city": "Os'))],
            "messages[0].tool_calls[1].function.arguments",
            "Os",
        ),
        ([calls(("a", '{"n": NaN}'))], "messages[0].tool_calls[0].function.arguments", "NaN"),
        ([user("x"), result("call_z")], "messages[1].tool_call_id", "call_z"),
        ([calls(("a", "{}")), result("a"), result("a")], "messages[2].tool_call_id", "a"),
        ([{"role": "system", "content": "x"}], "messages", "contents"),
        ("hi", "messages", "hi"),
        ([None], "messages[0]", "None"),
    ],
)
def test_what_has_no_counterpart_is_named(history, place, what):
    with pytest.raises(ValueError, match=r".") as caught:
        request({"messages": history})
    assert str(caught.value).startswith(f"{place} ")
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("turns", "place"),
    [
        ([{"role": "system", "parts": []}], "contents[0].role"),
        ([{"role": "model", "parts": [{"executableCode": {}}]}], "contents[0].parts[0]"),
        ([{"role": "user", "parts": [{"videoMetadata": {}}]}], "contents[0].parts[0]"),
        (
            [{"role": "user", "parts": [response_part({})]}],
            "contents[0].parts[0].functionResponse",
        ),
        ([{"role": "user"}], "contents[0].parts"),
    ],
)
def test_what_openai_has_no_counterpart_for_is_named(turns, place):
    with pytest.raises(ValueError, match=r".") as caught:
        openai_request({"contents": turns})
    assert str(caught.value).startswith(f"{place} ")


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
