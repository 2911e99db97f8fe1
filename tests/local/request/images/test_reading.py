"""Where a request's images are read, at which detail, and what is answered without OCR."""

import asyncio
import sys
from types import SimpleNamespace

import pytest
from example_images import file_of, part_of, user, written

from samplers.local.answer.images import images_note
from samplers.local.engine.images.reader import ImageText, NotLoaded, Reader
from samplers.local.request.errors import ApiError
from samplers.local.request.images.reading import read_images
from samplers.local.request.messages import messages

MODEL = SimpleNamespace(reasoning=False, images=Reader())


def read(given, model=MODEL):
    return asyncio.run(read_images(model, messages("messages", given)))


@pytest.fixture
def installed(monkeypatch):
    """OCR counts as installed, whether it is or not."""
    monkeypatch.setattr("samplers.local.request.senses.find_spec", lambda name: name)


@pytest.mark.parametrize("missing", ["rapidocr", "onnxruntime"])
def test_it_is_501_with_the_command(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)  # so that it cannot be imported
    with pytest.raises(ApiError, match="`make senses`") as caught:
        read(user("Look:", part_of(file_of(written()))))
    assert caught.value.status == 501
    assert caught.value.headers == {"x-should-retry": "false"}
    error = caught.value.body["error"]
    assert error["param"] == "messages[0].content[1].image_url.url"
    assert error["code"] == "not_installed"


@pytest.mark.usefixtures("installed")
def test_ocr_that_cannot_be_loaded_is_501_with_the_reason():
    async def broken(data, detail):
        raise NotLoaded("DLL load failed.")

    model = SimpleNamespace(reasoning=False, images=SimpleNamespace(read=broken))
    with pytest.raises(ApiError, match=r"DLL load failed\. .*`make senses`.* Visual C") as caught:
        read(user(part_of(b"x")), model)
    assert (caught.value.status, caught.value.body["error"]["code"]) == (501, "not_loaded")
    assert caught.value.headers == {"x-should-retry": "false"}


def test_text_is_untouched(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    assert read(user("a", "b")) == ([{"role": "user", "content": "ab"}], ())


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("is_reasoning", "details"),
    [(False, ["high", "high", "low"]), (True, ["original", "high", "low"])],
)
def test_the_text_takes_the_images_place(is_reasoning, details):
    """auto is what it is at the models that each profile is like."""
    asked = []

    async def seen(data, detail):
        asked.append(detail)
        return ImageText((("A", 0.9), ("B", 0.8)) if detail != "low" else (), 1, 1, 1, 1)

    model = SimpleNamespace(reasoning=is_reasoning, images=SimpleNamespace(read=seen))
    parts = [part_of(b"x", detail) for detail in (None, "high", "low")]
    found, images = read([*user("Lo", "ok:", *parts[:2], "What?"), *user(parts[2])], model)

    assert asked == details
    assert [message["content"] for message in found] == [
        "Look:\n"
        '[image 1: "A\nB" (text only, by OCR)]\n'
        '[image 2: "A\nB" (text only, by OCR)]\n'
        "What?",
        "[image 3: no text was found in it]",
    ]
    assert len(images) == 3


def test_original_is_for_models_of_today():
    """Those that the reasoning profile is like."""
    with pytest.raises(ApiError, match="'low', 'high', and 'auto'") as caught:
        read(user(part_of(b"x", "original")))
    assert caught.value.body["error"]["param"] == "messages[0].content[0].image_url.detail"


@pytest.mark.parametrize(
    "field",
    [{"top_logprobs": 0}, {"response_format": "JSON"}, {"continued": (1,)}, {"calls": True}, {}],
)
def test_the_note_is_left_out_where_it_would_break_the_answer(field):
    values = {"top_logprobs": None, "response_format": None, "continued": (), "calls": False}
    request = SimpleNamespace(**values | field, images=(ImageText((), 1, 1, 1, 1),))
    note = images_note(SimpleNamespace(request=request), SimpleNamespace(**values | field))
    assert note == ("" if field else "[image: unseen: no text was found] ")
