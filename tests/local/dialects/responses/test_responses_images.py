"""Images in an input: read by OCR, as in Chat."""

import pytest
from example_images import file_of, part_of, written

QUESTION = {"type": "input_text", "text": "What is it?"}


def test_an_image_counts_as_in_chat(responses):
    part = part_of(file_of(written()))
    chat = responses.http.post(
        "/chat/completions",
        json={
            "model": responses.model,
            "max_completion_tokens": 1,
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "What is it?"}, part]}
            ],
        },
    )
    if chat.status_code == 501:
        pytest.skip("no OCR here")
    image = {"type": "input_image", "image_url": part["image_url"]["url"], "detail": "auto"}
    asked = {"role": "user", "content": [QUESTION, image]}
    assert responses.count(input=[asked]) == chat.json()["usage"]["prompt_tokens"]

    call = {"type": "function_call", "call_id": "call_a", "name": "f", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "call_a", "output": [image]}
    nothing = output | {"output": ""}
    plain = responses.count(input=[call, nothing])
    assert responses.count(input=[call, output]) > plain


@pytest.mark.parametrize(
    ("image", "place"),
    [
        ({"image_url": "https://example.com/a.png"}, ".image_url"),
        ({"image_url": "data:text/plain;base64,QQ=="}, ".image_url"),
        ({"file_id": "file-1"}, ".file_id"),
        ({"image_url": {"url": "x"}}, ".image_url"),
        ({}, ".image_url"),
        ({"image_url": "data:image/png;base64,QQ==", "detail": "bogus"}, ".detail"),
        ({"image_url": "data:image/png;base64,QQ==", "bogus": 1}, ".bogus"),
    ],
)
def test_a_wrong_image(responses, image, place):
    part = {"type": "input_image"} | image
    error = responses.refused(input=[{"role": "user", "content": [QUESTION, part]}])
    assert error["param"] == f"input[0].content[1]{place}"


def test_a_file_that_is_no_image(responses):
    url = "data:image/png;base64,QUJDRA=="
    part = {"type": "input_image", "image_url": url}
    response = responses.post(input=[{"role": "user", "content": [part]}])
    if response.status_code == 501:
        pytest.skip("no OCR here")
    assert response.status_code == 400
    assert response.json()["error"]["param"] == "input[0].content[0].image_url"
