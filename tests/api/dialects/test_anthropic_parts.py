"""What a message holds, as Anthropic's blocks: texts, results, images, and what cannot be one."""

import pytest
from anthropic_requests import ASK, back, calls, made, refused, result, turns

from samplers.api.dialects.anthropic import openai_request

PIXEL = "iVBORw0KGgo="


@pytest.mark.parametrize("text", ["", " ", "\n\t", None])
def test_AM3_no_empty_text_beside_a_call(text):
    translated = made(ASK, calls("call_a", content=text), result("call_a"))
    (block,) = translated.body["messages"][1]["content"]
    assert block["type"] == "tool_use"
    said = [line for line in translated.lost if "messages[1].content" in line]
    assert len(said) == bool(text)


def test_AM3_the_other_blocks_of_the_message_stay():
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    (turn,) = turns({"role": "user", "content": [image, {"type": "text", "text": ""}]})
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    assert turn["content"] == [{"type": "image", "source": source}]


def test_AM3_a_message_without_content_is_left_out_and_said():
    translated = made(ASK, {"role": "assistant", "content": ""}, {"role": "user", "content": "x"})
    texts = [block["text"] for block in translated.body["messages"][0]["content"]]
    assert texts == ["Weather?", "x"]
    assert "messages[1]" in translated.lost[0]

    assert refused({"role": "user", "content": " "}).startswith("messages must hold one")
    assert refused({"role": "system", "content": "S"}).startswith("messages must hold one")


@pytest.mark.parametrize("content", ["", [], None, [{"type": "text", "text": ""}]])
def test_an_empty_result_is_a_result(content):
    translated = made(ASK, calls("a"), result("a", content))
    assert translated.body["messages"][2]["content"] == [
        {"type": "tool_result", "tool_use_id": "a"}
    ]
    assert back(translated.body)[2] == result("a", "")


def test_a_result_of_parts_is_a_result_of_blocks():
    parts = [{"type": "text", "text": "rain"}, {"type": "text", "text": "sun"}]
    translated = made(ASK, calls("a"), result("a", parts))
    assert translated.body["messages"][2]["content"][0]["content"] == parts
    assert back(translated.body)[2] == result("a", parts)

    image = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
    with_image = made(ASK, calls("a"), result("a", [image]))
    block = {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}}
    assert with_image.body["messages"][2]["content"][0]["content"] == [block]
    again = openai_request(with_image.body)
    assert again.body["messages"][2] == result("a", [image])
    assert "only text" in again.lost[0]


def test_an_error_as_a_result_comes_back_as_its_text_and_that_is_said():
    failed = {"type": "tool_result", "tool_use_id": "a", "content": "no city", "is_error": True}
    translated = openai_request({"messages": [{"role": "user", "content": [failed]}]})
    assert translated.body["messages"] == [result("a", "no city")]
    assert translated.lost[0].startswith("messages[0].content[0].is_error")


def test_images():
    def sent(url, **fields):
        part = {"type": "image_url", "image_url": {"url": url, **fields}}
        translated = made({"role": "user", "content": [part, {"type": "text", "text": "?"}]})
        return translated.body["messages"][0]["content"][0]["source"], translated.lost

    base64 = {"type": "base64", "media_type": "image/jpeg", "data": PIXEL}
    assert sent(f"data:image/jpeg;base64,{PIXEL}") == (base64, ())
    assert sent(f"DATA:image/jpg;name=a.jpg;base64,{PIXEL}", detail="auto") == (base64, ())
    source, lost = sent("https://a.example/b.png", detail="high")
    assert source == {"type": "url", "url": "https://a.example/b.png"}
    assert "detail" in lost[0]


def test_a_pdf_is_a_document():
    file = {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}
    message = {"role": "user", "content": [{"type": "file", "file": file}]}
    (block,) = turns(message)[0]["content"]
    source = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
    assert block == {"type": "document", "source": source, "title": "a.pdf"}
    assert back({"messages": turns(message)}) == [message]


def part(**fields):
    return {"role": "user", "content": [{"type": "text", "text": "x"}, fields]}


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"role": "function", "content": "x"}, "messages[1].role"),
        ({"content": "x"}, "messages[1].role"),
        ("x", "messages[1]"),
        ({"role": "user", "content": 7}, "messages[1].content"),
        ({"role": "user", "content": ["x"]}, "messages[1].content[0]"),
        (part(type="input_audio", input_audio={}), "messages[1].content[1].type"),
        (part(type="text"), "messages[1].content[1].text"),
        (part(type="image_url", image_url={"url": "ftp://a"}), "messages[1].content[1].image_url"),
        (part(type="image_url", image_url={"url": "data:image/png;base64,"}), "messages[1]"),
        (part(type="image_url", image_url={"url": "data:image/bmp;base64,QQ=="}), "messages[1]"),
        (part(type="image_url", image_url="x"), "messages[1].content[1].image_url"),
        (part(type="file", file={"file_id": "f"}), "messages[1].content[1].file"),
        ({"role": "assistant", "function_call": {"name": "x"}}, "messages[1].function_call"),
        ({"role": "assistant", "tool_calls": [{"id": "a"}]}, "messages[1].tool_calls[0].function"),
        ({"role": "assistant", "tool_calls": {}, "content": 1}, "messages[1].content"),
        ({"role": "assistant", "tool_calls": "x"}, "messages[1].tool_calls"),
    ],
)
def test_what_the_form_cannot_carry_is_an_error_that_names_the_place(message, place):
    assert refused(ASK, message).startswith(place)


@pytest.mark.parametrize(
    "text", ["{", "[1]", "7", "null", '{"x": NaN}', '{"x": 1e999}', '{"x": 1, "x": 2}', "[" * 9999]
)
def test_arguments_must_be_a_json_object(text):
    broken = {"id": "a", "type": "function", "function": {"name": "f", "arguments": text}}
    place = "messages[1].tool_calls[0].function.arguments must be a JSON object"
    assert refused(ASK, {"role": "assistant", "tool_calls": [broken]}).startswith(place)


@pytest.mark.parametrize("arguments", ["", "{}", None, {}])
def test_no_arguments_are_an_empty_object(arguments):
    function = {"name": "f", "arguments": arguments}
    message = {"role": "assistant", "tool_calls": [{"id": "a", "function": function}]}
    assert turns(ASK, message)[1]["content"][0]["input"] == {}


def test_blocks_that_openai_has_nothing_for_are_errors():
    def refused(role, **block):
        body = {"messages": [{"role": role, "content": [{"type": "text", "text": "x"}, block]}]}
        with pytest.raises(ValueError, match=r"messages\[0\]\.content\[1\]"):
            openai_request(body)

    refused("assistant", type="server_tool_use", id="a", name="web_search", input={})
    refused("assistant", type="tool_use", id="a", name="f", input="{}")
    refused("user", type="search_result", content=[])
    refused("user", type="image", source={"type": "file", "file_id": "f"})
    refused("user")
