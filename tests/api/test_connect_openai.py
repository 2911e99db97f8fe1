"""connect() at OpenAI: the default model, its form, the dates of dying models, the budget."""

import datetime
import json
from decimal import Decimal

import httpx
import pytest

from samplers.api import connect

pytestmark = pytest.mark.usefixtures("nothing_set")


def test_openai_by_name_is_priced_and_has_a_budget(monkeypatch, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    monkeypatch.setenv("SAMPLERS_BASE_URL", "openai")
    client = connect()
    assert client.base_url == "https://api.openai.com/v1"
    assert client.model == "gpt-6-luna"
    assert client.budget.limit == Decimal("0.10")
    assert capsys.readouterr().out == (
        "samplers: OpenAI https://api.openai.com/v1, model gpt-6-luna with reasoning_effort 'none' "
        "unless a call names one, budget $0.10 for this process at the prices of 2026-11-28\n"
    )

    monkeypatch.setenv("SAMPLERS_BUDGET_USD", "0.5")
    again = connect("openai", model="gpt-6.2-sol")
    assert again.budget is client.budget  # connecting again does not refill it
    assert (again.model, again.budget.limit) == ("gpt-6.2-sol", 0.5)
    assert "effort" not in capsys.readouterr().out  # it has no effort 'none'


def test_a_dying_model_is_announced_in_the_line_and_by_a_warning(monkeypatch, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    message = r"gpt-4o-mini is shut down on 2027-01-14, in 46 days \(use gpt-6-luna\)"
    with pytest.warns(FutureWarning, match=message) as caught:
        connect("openai", "gpt-4o-mini")
    assert caught[0].filename == __file__
    line = capsys.readouterr().out
    assert ", model gpt-4o-mini, which is shut down on 2027-01-14 (use gpt-6-luna), budget" in line


@pytest.mark.parametrize("where", ["openai", "https://api.openai.com/v1"])
def test_a_fallback_is_checked_like_the_model(monkeypatch, where):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    monkeypatch.setattr(
        "samplers.api.transport.transport.Transport.request",
        lambda *_, **__: httpx.Response(200, json={"data": [{"id": "gpt-4.1"}]}),
    )
    with pytest.raises(ValueError, match="o4-mini was shut down on 2026-10-23"):
        connect(where, "gpt-4.1", fallback="o4-mini")


def test_it_is_announced_at_openais_address_too(monkeypatch, capsys):
    def respond(self, method, path, *_, **__):
        dates = {"id": "gpt-4o", "shutdown_date": "2027-01-14"}
        return httpx.Response(200, json={"data": [dates]})

    monkeypatch.setattr("samplers.api.transport.transport.Transport.request", respond)
    with pytest.warns(FutureWarning, match="gpt-4o is shut down on 2027-01-14"):
        connect("https://api.openai.com/v1", "gpt-4o")
    assert "which is shut down on 2027-01-14 (use gpt-6-luna)" in capsys.readouterr().out


@pytest.mark.filterwarnings("error::FutureWarning")
@pytest.mark.parametrize(
    ("day", "model"), [("2026-11-14", "gpt-4o-mini"), ("2026-11-29", "gpt-5.1")]
)
def test_a_model_with_more_than_60_days_is_not(monkeypatch, capsys, day, model):
    day = datetime.date.fromisoformat(day)
    monkeypatch.setattr("samplers.wire.models.today", lambda: day)
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    connect("openai", model)
    assert "shut down" not in capsys.readouterr().out


def test_a_dead_model_is_an_error_that_names_its_heir(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    message = "o4-mini was shut down on 2026-10-23: use gpt-5.6-terra"
    with pytest.raises(ValueError, match=message):
        connect("openai", "o4-mini")
    with pytest.raises(ValueError, match=message):
        connect("openai").chat("x", model="o4-mini", max_tokens=1)


def test_a_dead_heir_is_not_named(monkeypatch, tmp_path):
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"models": {"gpt-5.6-terra": {"shutdown_date": "2026-11-01"}}}))
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    with pytest.raises(ValueError, match="o4-mini was shut down on 2026-10-23: use gpt-6-luna"):
        connect("openai", "o4-mini")


def test_the_announcement_names_no_dead_heir(monkeypatch, tmp_path, capsys):
    """As the error of a dead model does. The table names no heir of gpt-5-nano."""
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"models": {"gpt-5.6-sol": {"shutdown_date": "2026-11-01"}}}))
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    for model in ("o3", "gpt-5-nano"):
        with pytest.warns(FutureWarning, match=r"2026-12-11, in 12 days \(use gpt-6-luna\)"):
            connect("openai", model)
        assert "which is shut down on 2026-12-11 (use gpt-6-luna)," in capsys.readouterr().out


def test_a_default_without_an_heir_names_none(monkeypatch, tmp_path):
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"models": {"gpt-6-luna": {"shutdown_date": "2026-11-01"}}}))
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    with pytest.raises(ValueError, match=r"gpt-6-luna was shut down on 2026-11-01$"):
        connect("openai")


def test_openais_address_is_openai(monkeypatch, capsys):
    def respond(self, method, path, *_, **__):
        return httpx.Response(200, json={"data": [{"id": "gpt-6-luna"}]})

    monkeypatch.setattr("samplers.api.transport.transport.Transport.request", respond)
    connect("https://eu.api.openai.com/v1")
    line = capsys.readouterr().out
    assert line.startswith("samplers: OpenAI https://eu.api.openai.com/v1, model gpt-6-luna with ")
    assert line.endswith("at the prices of 2026-11-28\n")

    with pytest.raises(ValueError, match=r"gpt-4.1-nano was shut down on 2026-10-23"):
        connect("https://api.openai.com/v1", "gpt-4.1-nano")
    with pytest.raises(ValueError, match="model must be one whose price is known"):
        connect("https://api.openai.com/v1", "gpt-9")


@pytest.mark.filterwarnings("error::FutureWarning")
def test_the_users_file_overrides_the_dates(monkeypatch, tmp_path, capsys):
    own = tmp_path / "own.json"
    alive = {"shutdown_date": None}
    own.write_text(json.dumps({"models": {"o4-mini": alive, "gpt-4o-mini": alive}}))
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    for model in ("o4-mini", "gpt-4o-mini"):
        assert connect("openai", model).model == model
        assert "shut down" not in capsys.readouterr().out


def test_openai_without_its_key():
    with pytest.raises(ValueError, match="OPENAI_API_KEY must be set"):
        connect("openai")


def test_openai_with_a_model_whose_price_is_not_known(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    with pytest.raises(ValueError, match=r"price is known.*SAMPLERS_MODEL_TABLE=….json adds"):
        connect("openai", model="gpt-9")


@pytest.mark.parametrize("budget", ["lots", "-1", "nan", "inf"])
def test_a_bad_budget(monkeypatch, budget):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-nobody")
    monkeypatch.setenv("SAMPLERS_BUDGET_USD", budget)
    with pytest.raises(ValueError, match="SAMPLERS_BUDGET_USD must be a number of USD >= 0"):
        connect("openai")
