"""The price of a call before it is sent: a bound."""

import json
from decimal import Decimal

import pytest

from samplers.api import Usage
from samplers.api.pricing.bound import upper_bound
from samplers.api.pricing.prices import cost

TEXT = [{"role": "user", "content": "x"}]
CACHED = {"type": "text", "text": "x", "prompt_cache_breakpoint": {"mode": "explicit"}}
MINI_IN = Decimal("0.15") / 1_000_000  # USD a token, gpt-4o-mini
MINI_OUT = Decimal("0.60") / 1_000_000


def body(**more) -> dict:
    return {"model": "gpt-4o-mini", "messages": TEXT, "max_tokens": 100, **more}


def test_the_bound_is_at_the_dearest_rate():
    """Everything may be written to the cache; a long prompt doubles it all."""
    luna = {"model": "gpt-6-luna", "messages": TEXT, "max_completion_tokens": 100}
    prompt = len(json.dumps(luna)) + 16 + 16
    by_hand = (prompt * Decimal("0.125") + 100 * Decimal("0.50")) / 1_000_000
    assert upper_bound(luna) == by_hand

    long = luna | {"messages": [{"role": "user", "content": "x" * 272_000}]}
    prompt = len(json.dumps(long)) + 16 + 16
    by_hand = (prompt * Decimal("0.25") + 100 * Decimal("0.75")) / 1_000_000
    assert upper_bound(long) == by_hand


@pytest.mark.parametrize("prompt", [1_000, 271_000, 300_000])
@pytest.mark.parametrize("model", ["gpt-6-luna", "gpt-6.2-sol", "gpt-5.6-sol", "gpt-5.5"])
def test_no_usage_costs_more_than_the_bound(model, prompt):
    sent = {"model": model, "messages": [{"role": "user", "content": "x" * prompt}]}
    bound = upper_bound(sent | {"max_completion_tokens": 500, "n": 2})
    for cached, written in ((0, 0), (0, prompt), (prompt // 2, prompt // 2), (prompt, 0)):
        usage = Usage(prompt, 1_000, prompt + 1_000, cached, written, 900)
        assert cost(model, usage) <= bound


def test_where_a_price_is_not_known_the_dearest_known_rule_bounds(monkeypatch, tmp_path):
    own = tmp_path / "own.json"
    row = {"provider": "openai", "prices": [{"input": 1, "output": 2}]}
    own.write_text(json.dumps({"models": {"gpt-7": row}}))
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    usage = Usage(300_000, 10, 300_010, cache_write_tokens=300_000)
    assert cost("gpt-7", usage) == Decimal("0.75003")  # 300,000 at 1.25 * 2, 10 at 2 * 1.5
    with pytest.raises(ValueError, match=r"max_completion_tokens must be given .* gpt-7"):
        upper_bound({"model": "gpt-7", "messages": TEXT})


@pytest.mark.parametrize(
    "model", ["gpt-4o-mini-2024-07-18", "gpt-9", "", None, "deepseek-flash", "claude-sonnet-4-6"]
)
def test_an_unknown_model_is_an_error_and_never_free(model):
    message = r"model must be one .* known in USD \(gpt-4o, gpt-4o-mini, .*SAMPLERS_MODEL_TABLE="
    with pytest.raises(ValueError, match=message):
        upper_bound(body(model=model))
    with pytest.raises(ValueError, match="price is known"):
        cost(model, Usage(1, 1, 2))


def test_the_users_own_prices_may_have_any_order(monkeypatch, tmp_path):
    """Here what is read from the cache is the dearest."""
    own = tmp_path / "own.json"
    price = {"input": 1, "cached_input": 3, "cache_write": 0, "output": 2}
    own.write_text(json.dumps({"models": {"gpt-7": {"provider": "openai", "prices": [price]}}}))
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    sent = {"model": "gpt-7", "messages": TEXT, "max_completion_tokens": 10}
    assert cost("gpt-7", Usage(80, 10, 90, cached_tokens=80)) <= upper_bound(sent)


def test_the_bound_counts_every_byte_and_every_answer():
    ascii_, chinese = (
        upper_bound(body(messages=[{"role": "user", "content": c * 1000}])) for c in ("a", "好")
    )
    assert chinese - ascii_ == 2000 * MINI_IN  # three bytes a character, not one

    assert upper_bound(body(n=8)) - upper_bound(body(n=1)) == 7 * 100 * MINI_OUT

    output = 16384 * MINI_OUT  # no limit given: what the model can do
    assert upper_bound({"model": "gpt-4o-mini", "messages": TEXT}) > output
    with pytest.raises(ValueError, match=r"max_completion_tokens must be given .* gpt-5 "):
        upper_bound({"model": "gpt-5", "messages": TEXT})  # its longest answer is not known

    tools = [{"type": "function", "function": {"name": "f" * 1000}}]
    assert upper_bound(body(tools=tools)) - upper_bound(body()) > 1000 * MINI_IN


def test_the_bound_by_hand():
    sent = (
        '{"model": "gpt-4o-mini", "messages": [{"role": "system", "content": "Be brief."}, '
        '{"role": "user", "content": "好"}], "max_tokens": 100}'
    )
    # a byte is a token at most; 16 tokens for each of two messages, and 16 that begin the answer
    prompt = len(sent.encode()) + 2 * 16 + 16
    assert upper_bound(json.loads(sent)) == prompt * MINI_IN + 100 * MINI_OUT


def test_the_bound_takes_the_larger_of_two_limits():
    assert upper_bound(body(max_completion_tokens=5000)) > 5000 * MINI_OUT


def test_the_bound_holds_for_the_real_models_tokens(client):
    messages = [
        {"role": "system", "content": "答案要短。"},
        {"role": "user", "content": "What is 好?\n\t" * 20},
    ]
    usage = client.chat(messages, max_tokens=4).usage
    bound = upper_bound({"model": "gpt-4o-mini", "messages": messages, "max_tokens": 4})
    assert cost("gpt-4o-mini", usage) <= bound


@pytest.mark.parametrize(
    "more", [{"n": 0}, {"n": "3"}, {"n": True}, {"max_tokens": -1}, {"max_completion_tokens": 1.5}]
)
def test_what_would_make_the_bound_wrong_is_refused(more):
    (name,) = more
    with pytest.raises(ValueError, match=f"^{name} must be an int >= 1"):
        upper_bound(body(**more))


@pytest.mark.parametrize(
    "more",
    [
        {"service_tier": "priority"},
        {"service_tier": "flex"},
        {"service_tier": "auto"},  # what the project's settings say
        {"prompt_cache_options": {"ttl": "12h"}},
        {"prompt_cache_options": "12h"},
        {"moderation": {"model": "omni-moderation-latest"}},
        {"messages": [{"role": "assistant", "audio": {"id": "audio_1"}}]},
        {"messages": [{"role": "user", "content": [CACHED]}]},
        {"audio": {"voice": "x"}},
        {"modalities": ["audio"]},
        {"prediction": {"type": "content", "content": "x"}},
        {"web_search_options": {}},
    ],
)
def test_what_is_billed_in_another_way_is_refused(more):
    with pytest.raises(ValueError, match="its price has no bound"):
        upper_bound(body(**more))


@pytest.mark.parametrize(
    "more",
    [
        {"service_tier": "default"},
        {"prompt_cache_options": {"mode": "explicit", "ttl": "30m"}},
        {"prompt_cache_key": "x", "store": True, "metadata": {"a": "b"}, "verbosity": "low"},
        {"tools": []},
    ],
)
def test_what_costs_nothing_more_is_taken(more):
    assert upper_bound(body(**more)) >= upper_bound(body())


@pytest.mark.parametrize("tools", [[{"type": "web_search"}], [5], 5, "web_search"])
def test_a_tool_of_the_providers_is_refused(tools):
    with pytest.raises(ValueError, match="tools must be functions in a paid call"):
        upper_bound(body(tools=tools))


def test_parts_of_text_are_priced():
    for kind in ("text", "refusal"):
        parts = [{"type": kind, kind: "x" * 1000}]
        message = {"role": "assistant", "content": parts}
        assert upper_bound(body(messages=[message])) - upper_bound(body()) > 1000 * MINI_IN


@pytest.mark.parametrize(
    "part", [{"type": "input_audio", "input_audio": {}}, {"type": "image_url"}, {}, "text"]
)
def test_another_part_is_refused(part):
    with pytest.raises(ValueError, match=r"messages must be text or images|image_url must be"):
        upper_bound(body(messages=[{"role": "user", "content": [part]}]))
