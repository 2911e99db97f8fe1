"""What a call costs, to the last digit. Cases C63 to C71 are from public bug reports."""

from decimal import Decimal

import pytest

from samplers.api import Usage, cost, price_list
from samplers.api.pricing.prices import price_of

PROMOTION = "2026-11-21"  # the last day of gpt-5.6-sol at 4 and 20; then 5 and 30
LIST = "2026-11-22"


def usage(prompt: int, answer: int, cached: int = 0, written: int = 0, reasoning: int = 0) -> Usage:
    return Usage(prompt, answer, prompt + answer, cached, written, reasoning)


def test_the_documents_prices_are_a_snapshot_and_not_todays():
    prices = price_list()
    assert prices["date"] == "mid 2026"
    assert "snapshot" in prices["source"]
    names = ["gpt-4o", "gpt-4o-mini", "o4-mini", "o3", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano"]
    assert list(prices["models"]) == names
    assert prices["models"]["o3"]["output"] == 40.0  # the document's table
    assert price_of("o3")["output"] == 8.0  # since June 2025


@pytest.mark.parametrize(
    ("details", "dollars"),
    [
        ({"cached_tokens": 1920}, "0.005615"),  # 86 at 2.50, 1,920 at 1.25, 300 at 10
        ({"cached_tokens": None}, "0.008015"),  # 2,006 at 2.50
        ({}, "0.008015"),
        (None, "0.008015"),
    ],
)
def test_cached_tokens_are_part_of_the_prompt(details, dollars):
    """C63. They must be neither paid twice (0.010415) nor without their discount (0.008015)."""
    sent = {"prompt_tokens": 2006, "completion_tokens": 300, "prompt_tokens_details": details}
    assert cost("gpt-4o", Usage.from_wire(sent)) == Decimal(dollars)


def test_reasoning_is_part_of_the_answer():
    """C65. 2,008 at 1.10 and 266 at 4.40; paid twice it would be 0.0045276."""
    thought = usage(2008, 266, reasoning=261)
    assert thought.total_tokens == 2274
    assert cost("o4-mini", thought) == Decimal("0.0033792")


@pytest.mark.parametrize(("prompt", "dollars"), [(272_000, "1.390"), (272_001, "2.76501")])
def test_a_long_prompt_has_more_than_272_thousand_tokens(prompt, dollars):
    """C66. At 5 and 30, and above at 10 and 45."""
    assert cost("gpt-5.6-sol", usage(prompt, 1000), on=LIST) == Decimal(dollars)


def test_a_long_prompt_makes_the_whole_call_dearer():
    """C67. 50,000 at 10, 250,000 cached at 1, 1,000 out at 45: cached tokens make it long, too."""
    long = usage(300_000, 1000, cached=250_000)
    assert cost("gpt-5.6-sol", long, on=LIST) == Decimal("0.795")


def test_two_short_prompts_are_not_a_long_one():
    call = usage(200_000, 1000)
    assert 2 * cost("gpt-5.6-sol", call, on=LIST) == Decimal("2.06")
    assert cost("gpt-5.6-sol", call + call, on=LIST) == Decimal("4.09")


def test_gpt_4_1_has_no_price_of_its_own_for_a_long_prompt():
    """OpenAI's pricing page (2026-08)."""
    assert cost("gpt-4.1", usage(300_000, 1000)) == Decimal("0.608")


@pytest.mark.parametrize("model", ["gpt-99-nope", "gpt-4o-2024-05-13", "", None, "deepseek-flash"])
def test_an_unknown_model_is_an_error(model):
    """C69. In a sum, too. gpt-4o-2024-05-13 costs 5 and 15; deepseek-flash is sold in CNY."""
    with pytest.raises(ValueError, match="model must be one whose price is known"):
        sum(cost(name, usage(1, 1)) for name in ("gpt-4o", model))


def test_money_is_exact():
    """C71. Floats give 0.0016150000000000001, 0.9999999999999999 and, rounded first, 0.00."""
    assert cost("gpt-4o", usage(646, 0)) == Decimal("0.001615")
    assert sum(cost("gpt-6-luna", usage(1_000_000 // 4, 0)) * 4 for _ in range(10)) == 1
    assert sum(cost("gpt-4o-mini", usage(12, 0)) for _ in range(1000)) == Decimal("0.0018")


def test_cost_by_hand():
    # 100,000 fresh tokens at 2.50, 100,000 cached at 1.25, 100,000 out at 10.00
    assert cost("gpt-4o", usage(200_000, 100_000, cached=100_000)) == Decimal("1.375")
    # no price for cached input is listed: it costs as much as other input
    assert cost("gpt-5-pro", usage(200_000, 0, cached=200_000)) == 3


def test_what_is_written_to_the_cache_costs_more():
    # gpt-6-luna: 1,000 fresh at 0.10, 2,000 read at 0.01, 4,000 written at 0.125, 500 out at 0.50
    paid = usage(7_000, 500, cached=2_000, written=4_000, reasoning=300)
    assert cost("gpt-6-luna", paid) == Decimal("0.00087")


def test_everything_at_once():
    # gpt-6.2-sol: 260,001 fresh at 2, 2,000 read at 0.10, 10,000 written at 2.50, 1,000 out at 10
    short = usage(272_000, 1_000, cached=2_000, written=10_000)
    long = usage(272_001, 1_000, cached=2_000, written=10_000)
    assert cost("gpt-6.2-sol", short) == Decimal("0.5552")
    assert cost("gpt-6.2-sol", long) == Decimal("1.105404")
    assert cost("gpt-6.2-sol", long, batch=True) == Decimal("1.105404") / 2


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("gpt-4o", "0.75"),  # 200,000 at 1.25, 100,000 out at 5: the discounts do not add up
        ("o3", "0.6"),  # at 1 and 4
        ("gpt-5", "0.56875"),  # 100,000 at 0.625, as many cached at 0.0625, out at 5
        ("gpt-5.6-terra", "0.71"),  # 1, 0.10 and 6
    ],
)
def test_cached_tokens_in_a_batch(model, dollars):
    """OpenAI's pricing page (2026-08): from gpt-5 on a batch has a price of its own for them."""
    assert cost(model, usage(200_000, 100_000, cached=100_000), batch=True) == Decimal(dollars)


def test_what_is_written_to_the_cache_in_a_batch():
    written = usage(200_000, 0, written=200_000)  # at 2 and a fourth more
    assert cost("gpt-5.6-sol", written, batch=True, on=PROMOTION) == Decimal("0.5")


def test_a_price_in_a_batch_that_is_not_known():
    with pytest.raises(ValueError, match=r"batch must be False: what claude-opus-5-5 costs in a"):
        cost("claude-opus-5-5", usage(1, 1), batch=True)


@pytest.mark.parametrize(
    ("model", "on", "dollars"),
    [
        ("gpt-5.6-sol", PROMOTION, "0.024"),
        ("gpt-5.6-sol", LIST, "0.035"),
        ("gemini-4-carbon", "2026-11-30", "0.012"),
        ("gemini-4-carbon", "2026-12-01", "0.024"),
        ("gpt-4o", "2025-01-01", "0.0125"),
    ],
)
def test_the_price_of_a_day(model, on, dollars):
    assert cost(model, usage(1000, 1000), on=on) == Decimal(dollars)


@pytest.mark.parametrize("on", ["2026-09-21", "soon", "2026-02-30", 20261122])
def test_a_day_without_a_price(on):
    with pytest.raises(ValueError, match=r"^on must be a da"):
        cost("gpt-6-luna", usage(1, 1), on=on)


@pytest.mark.parametrize(
    "impossible",
    [
        usage(10, 5, cached=11),
        usage(10, 5, cached=6, written=5),
        usage(-1, 5),
        usage(10, -5),
        usage(10, 5, reasoning=6),
        usage(10.5, 5),
        Usage(None, 5, 5),
    ],
)
def test_a_part_is_not_larger_than_the_whole(impossible):
    with pytest.raises(ValueError, match="usage must be counts >= 0, cached and written within"):
        cost("gpt-4o", impossible)


@pytest.mark.parametrize("wrong", [None, {"prompt_tokens": 10, "completion_tokens": 5}, 15])
def test_a_usage_is_a_usage(wrong):
    with pytest.raises(ValueError, match=r"^usage must be a Usage, got"):
        cost("gpt-4o", wrong)


def test_the_dead_are_not_offered():
    with pytest.raises(ValueError, match="price is known") as caught:
        price_of("gpt-9")
    known = str(caught.value).partition("(")[2].partition(";")[0].split(", ")
    assert "gpt-6-luna" in known
    assert not {"o4-mini", "gpt-4.1-nano", "claude-opus-5-5"} & {*known}
