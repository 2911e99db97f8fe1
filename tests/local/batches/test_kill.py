"""kill -9 while batches run, on a whole endpoint. `python -m tests.soak.batch` does much more."""

import pytest
from killed_batches import run

from samplers.local.store.database import data_folder


@pytest.mark.usefixtures("two_layers")
def test_a_kill_loses_and_doubles_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if tmp_path not in data_folder().parents:
        pytest.skip("the data folder cannot be moved on this system")
    outcome = run(tmp_path, lines=60, kills=5, seed=4711)
    assert outcome.problems == []
    assert len(outcome.kills) == 5
    assert outcome.kills[-1] < 60  # it came before the end
