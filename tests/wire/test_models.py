"""The dated table of models, and the user's own file over it.

The figures are from OpenAI's and Google's price pages, read on 2026-11-28.
"""

import datetime
import json

import pytest

from samplers.wire.model_fields import FIELDS, check_table
from samplers.wire.models import (
    REASONING_SUFFIX,
    days_left,
    is_alive,
    model_row,
    model_table,
    most,
    price_today,
)


@pytest.fixture
def on(monkeypatch):
    """Sets the day."""

    def set_day(text: str) -> None:
        day = datetime.date.fromisoformat(text)
        monkeypatch.setattr("samplers.wire.models.today", lambda: day)

    set_day("2026-11-29")
    return set_day


@pytest.fixture(autouse=True)
def own(monkeypatch, tmp_path):
    """Writes the user's file; none is set before."""
    monkeypatch.delenv("SAMPLERS_MODEL_TABLE", raising=False)

    def write(content) -> None:
        path = tmp_path / "own.json"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(path))

    return write


def test_each_row_is_whole_dated_and_sourced():
    table = model_table()
    check_table({"models": table["models"]}, "models.json")
    for name, row in table["models"].items():
        assert list(row) == list(FIELDS["row"]), name
        assert row["source"], name
        assert row["date"] >= "2026-11-28", name
        assert row["provider"], name
        if row["replacement"]:
            assert is_alive(model_row(row["replacement"])), name
    providers = {row["provider"] for row in table["models"].values()}
    assert providers == {"openai", "anthropic", "google", "deepseek", "zhipu", "samplers"}
    assert len(table["models"]) == 46


@pytest.mark.parametrize(
    ("model", "prices", "efforts", "sampling", "end"),
    [
        (
            "gpt-6-luna",
            (0.10, 0.01, 0.125, 0.50),
            "none low medium high xhigh",
            "effort none",
            None,
        ),
        ("gpt-6.2-sol", (2, 0.10, 2.50, 10), "low medium high xhigh", "never", None),
        ("gpt-5.6-terra", (2, 0.2, 2.5, 12), "none low medium high xhigh", "effort none", None),
        ("gpt-4.1-mini", (0.40, 0.10, 0.40, 1.60), "", "always", "2027-01-14"),
    ],
)
def test_what_openai_said_of_four_models(model, prices, efforts, sampling, end):
    row = model_row(model)
    price = price_today(row)
    names = ("input", "cached_input", "cache_write", "output")
    assert tuple(price[name] for name in names) == prices
    assert row["efforts"] == efforts.split()
    assert row["sampling"] == sampling
    assert row["shutdown_date"] == end
    assert ("stop" in row["refused"]) == (model != "gpt-4.1-mini")


def test_the_default_is_alive_and_takes_temperature():
    row = model_row(model_table()["default_model"])
    assert row["provider"] == "openai"
    assert row["shutdown_date"] is None
    assert row["sampling"] == "effort none"


@pytest.mark.parametrize("name", ["gpt-9", "gpt-4o-2024-08-06", "", None, ["gpt-4o"], 5])
def test_what_is_not_known(name):
    assert model_row(name) is None


def test_an_alias_has_its_models_row_unless_the_user_has_one(own):
    """OpenAI's changelog: gpt-5.6 is an alias of gpt-5.6-sol."""
    assert model_row("gpt-5.6") == model_row("gpt-5.6-sol")
    assert all(model_row(alias) for alias in model_table()["aliases"])
    own({"models": {"gpt-5.6": {"provider": "openai", "context": 7}}})
    assert model_row("gpt-5.6")["context"] == 7


def test_the_profile_is_found_by_its_ending_at_our_endpoint_alone():
    row = model_row("smollm2-135m-instruct" + REASONING_SUFFIX)
    assert row["simulated"]
    assert not row["prices"]
    assert model_row("another" + REASONING_SUFFIX) is None
    assert model_row("another" + REASONING_SUFFIX, ours=True) == row
    assert model_row("another", ours=True) is None


@pytest.mark.parametrize(
    ("model", "day", "input_price", "output_price"),
    [
        ("gemini-4-carbon", "2026-11-30", 2, 10),
        ("gemini-4-carbon", "2026-12-01", 4, 20),
        ("gpt-5.6-sol", "2026-11-21", 4, 20),
        ("gpt-5.6-sol", "2026-11-22", 5, 30),  # the promotion may have ended
        ("gpt-6-luna", "2020-01-01", 0.10, 0.50),  # a wrong clock: the first that is known
    ],
)
def test_the_price_of_the_day(on, model, day, input_price, output_price):
    on(day)
    price = price_today(model_row(model))
    assert (price["input"], price["output"]) == (input_price, output_price)


def test_a_model_without_a_price(on):
    assert price_today(model_row("claude-sonnet-4-6")) is None


def test_the_days_that_are_left(on):
    assert days_left(model_row("gpt-4o-mini")) == 46
    assert days_left(model_row("gpt-6-luna")) is None
    assert not is_alive(model_row("o4-mini"))
    on("2027-01-13")
    assert is_alive(model_row("gpt-4o-mini"))
    on("2027-01-14")
    assert not is_alive(model_row("gpt-4o-mini"))


def test_a_limit_that_is_not_known_is_the_lowest_that_was_measured():
    assert most(model_row("gpt-5.6-terra"), "top_logprobs") == 5
    assert most(model_row("gpt-6-luna"), "top_logprobs") == 5
    assert most(model_row("gpt-6-luna"), "n") == 8
    assert most(model_row("gpt-4.1-mini"), "n") == 128
    assert most(model_row("glm-5.3"), "n") is None


def test_the_users_file_adds_a_model_and_corrects_single_fields(own, on):
    price = {"input": 1, "output": 2}
    own(
        {
            "default_model": "gpt-7",
            "models": {
                "gpt-7": {"provider": "openai", "prices": [price]},
                "gpt-4o": {"shutdown_date": None, "n": 4},
            },
        }
    )
    assert model_table()["default_model"] == "gpt-7"
    assert price_today(model_row("gpt-7")) == dict.fromkeys(FIELDS["price"]) | price
    assert model_row("gpt-7")["efforts"] is None
    assert days_left(model_row("gpt-4o")) is None
    assert model_row("gpt-4o")["n"] == 4
    assert model_row("gpt-4o")["max_output"] == 16384  # the rest stays

    own({"models": {}})
    assert model_row("gpt-7") is None
    assert days_left(model_row("gpt-4o")) == 46


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "must name a JSON file"),
        ("[" * 100_000, "must name a JSON file"),
        ([], "must be an object"),
        ({"modles": {}}, "has no field 'modles'; it may have models, default_model"),
        ({"models": []}, "models must be an object or null"),
        ({"models": {"m": None}}, "model 'm' must be an object"),
        ({"models": {"m": {"inptu": 1}}}, "model 'm' has no field 'inptu'; it may have provider"),
        ({"models": {"m": {"context": "1M"}}}, "context must be an integer >= 1 or null"),
        ({"models": {"m": {"context": True}}}, "context must be an integer >= 1 or null"),
        ({"models": {"m": {"sampling": "often"}}}, "sampling must be 'always', 'effort none'"),
        ({"models": {"m": {"sampling": []}}}, "sampling must be 'always', 'effort none'"),
        ({"models": {"m": {"shutdown_date": "2027-02-30"}}}, "shutdown_date must be a date"),
        ({"models": {"m": {"shutdown_date": "20270214"}}}, "shutdown_date must be a date"),
        ({"models": {"m": {"refused": "stop"}}}, "refused must be a list of texts"),
        ({"models": {"m": {"prices": [1]}}}, "prices must be a list of objects"),
        ({"models": {"m": {"prices": [{"input": 1}]}}}, "'m' must have input and output"),
        ({"models": {"m": {"prices": [{"input": -1, "output": 1}]}}}, "input must be a number"),
        ('{"models": {"m": {"prices": [{"input": NaN, "output": 1}]}}}', "input must be a number"),
        ({"models": {"m": {"n": 4}}}, "model 'm' must have a provider"),
        ({"models": {"gpt-4o": {"provider": None}}}, "model 'gpt-4o' must have a provider"),
        ({"default_model": "gpt-7"}, "default_model must be a model of the table"),
        (
            {"models": {"m": {"prices": [{"input": 1, "output": 1, "long_context": {}}]}}},
            "long_context must be {'above', 'input', 'output'}",
        ),
        *[
            ({"models": {"m": {"image": rule}}}, "image must be a rule for images")
            for rule in (
                *("patch", {}, {"rule": "tile", "base": 85}, {"rule": "patch"}),
                {"rule": "tiles", "base": 85, "tile": 170},
                {"rule": "patch", "high": {"patches": 0, "pixels": None}},
                {"rule": "patch", "high": {"patches": 1536}},
                {"rule": "patch", "multiplier": -2, "high": {"patches": 1536, "pixels": 2048}},
                {"rule": "patch", "multiplier": "2", "high": {"patches": 1536, "pixels": 2048}},
            )
        ],
    ],
)
def test_a_wrong_file_is_an_error_that_names_it_and_the_field(own, content, message):
    own(content)
    with pytest.raises(ValueError, match="SAMPLERS_MODEL_TABLE") as caught:
        model_table()
    assert message in str(caught.value)


@pytest.mark.parametrize("path", ["nowhere.json", "."])
def test_a_missing_file(monkeypatch, path):
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", path)
    with pytest.raises(ValueError, match="SAMPLERS_MODEL_TABLE must name a JSON file"):
        model_table()


def test_a_key_in_place_of_the_file_is_not_shown(monkeypatch):
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", "sk-proj-of-nobody")
    with pytest.raises(ValueError, match="looks like a key") as caught:
        model_table()
    assert "of-nobody" not in str(caught.value)
