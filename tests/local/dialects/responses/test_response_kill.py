"""kill -9 in a conversation. `python -m tests.soak.responses` does much more."""

import pytest
from killed_responses import run

from samplers.local.store.database import data_folder


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path, monkeypatch, shallow_model):
    for name, value in shallow_model.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if tmp_path not in data_folder().parents:
        pytest.skip("the data folder cannot be moved on this system")
    outcome = run(tmp_path, kills=5, seed=4711)
    assert outcome.problems == []
    assert len(outcome.kills) == 5
    assert min(outcome.kills) > 0
