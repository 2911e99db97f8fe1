"""What all tests of the client share."""

import datetime

import pytest

SETTINGS = (
    "SAMPLERS_BASE_URL",
    "SAMPLERS_API_KEY",
    "SAMPLERS_MODEL_NAME",
    "SAMPLERS_MODEL",
    "SAMPLERS_BUDGET_USD",
    "OPENAI_API_KEY",
)


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    """A day that stays: models are shut down and prices change with the calendar."""
    day = datetime.date(2026, 11, 29)
    monkeypatch.setattr("samplers.wire.models.today", lambda: day)
    monkeypatch.delenv("SAMPLERS_MODEL_TABLE", raising=False)


@pytest.fixture
def nothing_set(monkeypatch):
    """None of the settings that connect() reads."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
