"""What POST /v1/moderations takes, and its errors."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.local.moderation.answer import moderation
from samplers.local.moderation.request import inputs
from samplers.local.request.errors import ApiError

PNG = f"data:image/png;base64,{base64.b64encode(b'png').decode()}"


def text(words):
    return {"type": "text", "text": words}


def image(url=PNG):
    return {"type": "image_url", "image_url": {"url": url}}


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a", ["a"]),
        (["a", "b", "a"], ["a", "b", "a"]),
        ([text("a")], ["a"]),
        ([text("I will ki"), image(), text("ll you")], ["I will ki\nll you\nI will kill you"]),
        ([image("https://example.com/a.jpg")], [None]),
        ([image(PNG.upper().replace("CG5N", "cG5n"))], [None]),
    ],
)
def test_the_text_of_each_input(value, texts):
    assert inputs({"input": value}) == texts
    assert inputs({"input": value, "model": "samplers-word-list"}) == texts


@pytest.mark.parametrize(
    ("value", "param", "code"),
    [
        (None, "input", "missing_required_parameter"),
        (1, "input", "invalid_type"),
        ("", "input", "empty_string"),
        ([], "input", "empty_array"),
        (["a", ""], "input[1]", "empty_string"),
        (["a", 1], "input[1]", "invalid_type"),
        (["a", text("b")], "input[1]", "invalid_type"),
        ([text("a"), "b"], "input[1]", "invalid_type"),
        (["a"] * 257, "input", "array_above_max_length"),
        (["a" * 100_000] * 11, "input", "string_above_max_length"),
        (["\ufdfa" * 5_500] * 11, "input", "string_above_max_length"),
        ("a" * 100_001, "input", "string_above_max_length"),
        ("\ufdfa" * 6_000, "input", "string_above_max_length"),  # 18 letters each in NFKC
        ([text("a" * 60_000), text("a" * 60_000)], "input", "string_above_max_length"),
        ([{"text": "a"}], "input[0].type", "missing_required_parameter"),
        ([{"type": "audio"}], "input[0].type", "invalid_value"),
        ([{"type": "text"}], "input[0].text", "missing_required_parameter"),
        ([text("a") | {"x": 1}], "input[0].x", "unknown_parameter"),
        ([{"type": "image_url", "image_url": PNG}], "input[0].image_url", "invalid_type"),
        *(
            ([image(url)], "input[0].image_url.url", "invalid_value")
            for url in ("", "a.png", "file:///a.png", "https://", f"{PNG}%", PNG[:22])
        ),
        ([image("data:text/html;base64,cG5n")], "input[0].image_url.url", "invalid_value"),
        ([image("data:image/png,cG5n")], "input[0].image_url.url", "invalid_value"),
        ([text("a"), image(), image()], "input", "too_many_images"),
    ],
)
def test_errors(value, param, code):
    with pytest.raises(ApiError) as caught:
        inputs({"input": value})
    assert caught.value.status == 400
    error = caught.value.body["error"]
    assert (error["param"], error["code"]) == (param, code)


def test_openais_sentence_on_two_images():
    with pytest.raises(ApiError, match=r"^Number of images \(2\) exceeds maximum of 1$"):
        inputs({"input": [image(), image()]})


@pytest.mark.parametrize("body", [None, [], "a", {"input": "a", "inputs": "b"}])
def test_what_is_no_request(body):
    with pytest.raises(ApiError):
        inputs(body)


@pytest.mark.parametrize("name", ["omni-moderation-latest", "text-moderation-stable", "gpt-4o", ""])
def test_another_model_is_not_here(name):
    """Its verdict would be taken for that model's."""
    with pytest.raises(ApiError, match="`samplers-word-list`, a list of words") as caught:
        inputs({"input": "a", "model": name})
    assert (caught.value.status, caught.value.body["error"]["code"]) == (404, "model_not_found")


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=9)
URLS = st.sampled_from([PNG, "https://a", "", 1])
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["text", "image_url", "", {}]),
        "text": SCALARS,
        "image_url": st.fixed_dictionaries({}, optional={"url": URLS, "detail": SCALARS}) | SCALARS,
    },
)
FUZZED = SCALARS | st.lists(SCALARS | PARTS, max_size=3) | st.lists(st.text(max_size=9))


@given(FUZZED)
@settings(max_examples=100, deadline=None)
def test_any_input_is_answered_or_refused(value):
    """Anything but ApiError would be a 500."""
    with suppress(ApiError):
        texts = inputs({"input": value})
        assert len(moderation(texts)["results"]) == len(texts) >= 1
