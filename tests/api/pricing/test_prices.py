"""The price of a call before it is sent (a bound), and after (its usage)."""

import json

import pytest

from samplers.api import Usage
from samplers.api.pricing.prices import cost, price_list, price_of, upper_bound

TEXT = [{"role": "user", "content": "x"}]


def body(**more) -> dict:
    return {"model": "gpt-4o-mini", "messages": TEXT, "max_tokens": 100, **more}


def test_the_list_says_that_it_is_a_snapshot():
    prices = price_list()
    assert prices["date"] == "mid 2026"
    assert "snapshot" in prices["source"]
    assert price_of("gpt-4o-mini")["input"] == 0.15  # the document's table
    assert price_of("o3")["output"] == 40.0


def test_cost_by_hand():
    # 1,000,000 fresh tokens at 2.50, 1,000,000 cached at 1.25, 100,000 out at 10.00
    usage = Usage(2_000_000, 100_000, 2_100_000, cached_tokens=1_000_000)
    assert cost("gpt-4o", usage) == pytest.approx(4.75, rel=1e-9)

    # no price for cached input is listed: it costs as much as other input
    usage = Usage(1_000_000, 0, 1_000_000, cached_tokens=1_000_000)
    assert cost("o3", usage) == pytest.approx(10.0)


@pytest.mark.parametrize("model", ["gpt-4o-mini-2024-07-18", "gpt-9", "", None])
def test_an_unknown_model_is_an_error_and_never_free(model):
    with pytest.raises(ValueError, match=r"model must be one .* known \(gpt-4o, gpt-4o-mini, "):
        upper_bound(body(model=model))
    with pytest.raises(ValueError, match="price is known"):
        cost(model, Usage(1, 1, 2))


def test_the_bound_counts_every_byte_and_every_answer():
    ascii_, chinese = (
        upper_bound(body(messages=[{"role": "user", "content": c * 1000}])) for c in ("a", "好")
    )
    assert chinese - ascii_ == pytest.approx(2000 * 0.15 / 1e6)  # three bytes a character, not one

    assert upper_bound(body(n=8)) - upper_bound(body(n=1)) == pytest.approx(7 * 100 * 0.60 / 1e6)

    output = 16384 * 0.60 / 1e6  # no limit given: what the model can do
    assert upper_bound({"model": "gpt-4o-mini", "messages": TEXT}) > output
    context = 200_000 * 4.40 / 1e6  # of a model whose longest answer is not listed
    assert upper_bound({"model": "o4-mini", "messages": TEXT}) > context

    tools = [{"type": "function", "function": {"name": "f" * 1000}}]
    assert upper_bound(body(tools=tools)) - upper_bound(body()) > 1000 * 0.15 / 1e6


def test_the_bound_by_hand():
    sent = (
        '{"model": "gpt-4o-mini", "messages": [{"role": "system", "content": "Be brief."}, '
        '{"role": "user", "content": "好"}], "max_tokens": 100}'
    )
    # a byte is a token at most; 16 tokens for each of two messages, and 16 that begin the answer
    prompt = len(sent.encode()) + 2 * 16 + 16
    bound = (prompt * 0.15 + 100 * 0.60) / 1e6
    assert upper_bound(json.loads(sent)) == pytest.approx(bound, rel=1e-9)


def test_the_bound_takes_the_larger_of_two_limits():
    assert upper_bound(body(max_completion_tokens=5000)) > 5000 * 0.60 / 1e6


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
        {"audio": {"voice": "x"}},
        {"modalities": ["audio"]},
        {"prediction": {"type": "content", "content": "x"}},
        {"web_search_options": {}},
    ],
)
def test_what_is_billed_in_another_way_is_refused(more):
    with pytest.raises(ValueError, match="its price has no bound"):
        upper_bound(body(**more))


def test_parts_of_text_are_priced():
    for kind in ("text", "refusal"):
        parts = [{"type": kind, kind: "x" * 1000}]
        message = {"role": "assistant", "content": parts}
        assert upper_bound(body(messages=[message])) - upper_bound(body()) > 1000 * 0.15 / 1e6


@pytest.mark.parametrize(
    "part", [{"type": "image_url", "image_url": {"url": "https://example.com/x.png"}}, {}, "text"]
)
def test_a_picture_is_refused(part):
    with pytest.raises(ValueError, match="messages must be text"):
        upper_bound(body(messages=[{"role": "user", "content": [part]}]))
