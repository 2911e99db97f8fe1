"""What `usage` says of the prompt cache: as OpenAI would bill it, and as the engine counts it.

A prompt of 1,024 tokens takes the engine 15 s, so long ones are counted here without it.
"""

from types import SimpleNamespace

import pytest

from samplers.local.answer.caching import prompt_details
from samplers.local.answer.chat_fields import usage
from samplers.local.answer.generate.choice import End

LIMIT = {"max_completion_tokens": 1}


@pytest.mark.parametrize(
    ("prompt", "read", "older", "today", "written"),
    [
        (500, 0, 0, 0, 0),
        (500, 499, 0, 0, 0),  # shorter than what is cached
        (1023, 1022, 0, 0, 0),
        (1024, 0, 0, 0, 1024),
        (1024, 1023, 0, 0, 1024),
        (1025, 1024, 1024, 1024, 1),
        (1200, 1151, 1024, 1151, 49),
        (1200, 1152, 1152, 1152, 48),
        (3000, 100, 0, 0, 3000),
        (3000, 2999, 2944, 2999, 1),
    ],
)
def test_what_is_billed(prompt, read, older, today, written):
    assert prompt_details(prompt, read, today=False) == {"cached_tokens": older, "audio_tokens": 0}
    details = {"cached_tokens": today, "cache_write_tokens": written, "audio_tokens": 0}
    assert prompt_details(prompt, read, today=True) == details


@pytest.mark.parametrize(("cached", "read"), [(None, 1999), (1500, 1500)])
def test_usage_has_both_counts(cached, read):
    """`cached`: what was found out before the first choice, such as for function calls."""
    ends = [End("stop", 5, 1999, 2), End("stop", 6, 0, 3)]
    for reasoning in (False, True):
        job = SimpleNamespace(prompt_tokens=2000, model=SimpleNamespace(reasoning=reasoning))
        wire = usage(job, ends, cached)
        assert wire["samplers_cached_tokens"] == read
        assert wire["prompt_tokens_details"] == prompt_details(2000, read, reasoning)


def test_a_short_prompt_is_not_billed_as_cached(endpoint, reasoning):
    compact = {"x-samplers-full-logprobs": "compact"}
    fields = LIMIT | {"logprobs": True, "top_logprobs": 1, "temperature": 0}
    options = {"stream_options": {"include_usage": True}}
    first = endpoint.chat(headers=compact, **fields)["usage"]
    endpoint.chat(**LIMIT)
    for again in (
        endpoint.chat(headers=compact, **fields)["usage"],
        endpoint.chat(**LIMIT)["usage"],
        endpoint.chunks(**LIMIT, **options)[-1]["usage"],
        reasoning.chat(**LIMIT, reasoning_effort="none")["usage"],
    ):
        # the engine reads the last token anew
        assert again["samplers_cached_tokens"] == first["prompt_tokens"] - 1
        details = again["prompt_tokens_details"]
        assert details["cached_tokens"] == details.get("cache_write_tokens", 0) == 0
    assert "cache_write_tokens" in details
