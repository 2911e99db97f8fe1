"""What a response says of tokens and of images, counted without the model.

A prompt of 1,024 tokens would take it 15 s.
"""

from dataclasses import replace

import pytest
from responses_door import text_of
from responses_drafts import answered, draft_of, streamed

from samplers.local.answer.chat_fields import usage
from samplers.local.answer.generate.choice import End
from samplers.local.answer.images import READ
from samplers.local.dialects.responses.answer.usage import usage_of
from samplers.local.engine.images.reader import ImageText

IMAGE = ImageText((("4711", 0.9),), 300, 60, 300, 60)


@pytest.mark.parametrize(
    ("prompt", "read", "plain", "profile", "written"),
    [
        (500, 499, 0, 0, 0),  # shorter than what is cached
        (1200, 0, 0, 0, 1200),
        (1200, 1151, 1024, 1151, 49),
        (1200, 1152, 1152, 1152, 48),
    ],
)
def test_the_cache_by_the_rules_of_each_model(prompt, read, plain, profile, written):
    for thinks, cached, write in ((0, plain, 0), (9, profile, written)):
        job = replace(draft_of(thinks=thinks).job, prompt=[1] * prompt)
        assert usage_of(usage(job, [End("stop", 7, read, 2)], None)) == {
            "input_tokens": prompt,
            "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": write},
            "output_tokens": 7,
            "output_tokens_details": {"reasoning_tokens": 2},
            "total_tokens": prompt + 7,
            "samplers_cached_tokens": read,
        }


def test_the_limits_get_chats_names():
    """What a key's limits count is what the response says."""
    got = []
    draft = draft_of(["a", "END"])
    shown = streamed(draft, got)[-1]["response"]["usage"]
    (settled,) = got
    assert settled["completion_tokens"] == shown["output_tokens"] == 2
    assert settled["total_tokens"] == shown["total_tokens"] == 9


def test_what_was_read_of_an_image_is_said():
    chat = {"images": (IMAGE,)}
    whole = answered(draft_of(["a", "END"], chat=chat))
    assert whole["samplers_images"][0]["text"] == "4711"
    assert text_of(whole) == f"[image: {READ}] a"
    made = streamed(draft_of(["a", "END"], chat=chat))
    deltas = [event["delta"] for event in made if event["type"].endswith("delta")]
    assert deltas == [f"[image: {READ}] ", "a"]
    assert made[0]["response"]["samplers_images"] == whole["samplers_images"]


def test_calls_have_no_note_of_an_image():
    call = ["open", "args", "n", "1", "}}", "]", "END"]
    whole = answered(draft_of(call, calls=True, chat={"images": (IMAGE,)}))
    assert whole["output"][0]["arguments"] == '{"n":1}'
    assert "samplers_images" in whole
