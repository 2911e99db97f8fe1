"""What all tests of the client share."""

import datetime

import pytest


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    """A day that stays: models are shut down and prices change with the calendar."""
    day = datetime.date(2026, 11, 29)
    monkeypatch.setattr("samplers.wire.models.today", lambda: day)
    monkeypatch.delenv("SAMPLERS_MODEL_TABLE", raising=False)
