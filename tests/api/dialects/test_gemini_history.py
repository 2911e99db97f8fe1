"""OpenAI's messages as Gemini's contents, and back: roles, parts, signatures, what is refused."""

import pytest
from gemini_turns import (
    BERGEN,
    OSLO,
    call_part,
    calls,
    contents,
    messages,
    response_part,
    result,
    user,
)

from samplers.api.dialects.gemini import answer, openai_request, request


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


def test_a_message_of_nothing_is_left_out_and_told():
    nothing = {"role": "assistant", "content": ""}
    left_out = "Gemini takes no empty message; left out."
    told = [f"messages[{i}]: {left_out}" for i in (1, 2)]
    assert contents(user("Hi"), nothing, user(""), lost=told) == contents(user("Hi"))


def test_a_signature_without_text_is_a_part():
    message = {"role": "assistant", "content": None}
    message["extra_content"] = {"google": {"thought_signature": "Abc"}}
    assert contents(message)[0]["parts"] == [{"text": "", "thoughtSignature": "Abc"}]


def test_a_field_of_a_part_is_told_as_lost():
    part = {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}
    told = ["messages[0].content[0].cache_control: Gemini's parts have no such field."]
    contents({"role": "user", "content": [part]}, lost=told)


def test_nulls_and_empty_lists_of_an_sdk_say_nothing():
    empty = {"refusal": None, "audio": None, "function_call": None, "annotations": []}
    made = contents({"role": "assistant", "content": "Hello", "tool_calls": None} | empty)
    assert made == [{"role": "model", "parts": [{"text": "Hello"}]}]


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
