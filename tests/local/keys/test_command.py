"""`python -m samplers.local.keys FILE COUNT`."""

import os

import pytest

from samplers.local.keys import __main__ as command
from samplers.local.keys.read import content_of, keys_in, others_can_read


def test_it_writes_a_file_that_only_we_can_read(tmp_path, capsys):
    path = tmp_path / "keys.txt"
    assert command.main([str(path), "30"]) == 0
    assert capsys.readouterr() == ("", "")
    keys = keys_in(content_of(path), path)
    assert len(set(keys.values())) == len(keys) == 30
    assert os.name == "nt" or not others_can_read(path)


def test_another_class_has_other_names(tmp_path):
    """Files belong to a name, and are kept for a month."""
    names = []
    for file in ("may.txt", "june.txt"):
        command.main([str(tmp_path / file), "3"])
        names += keys_in(content_of(tmp_path / file), tmp_path / file)
    assert len(set(names)) == 6


def test_no_file_is_overwritten(tmp_path, capsys):
    path = tmp_path / "keys.txt"
    path.write_text("the learners have these")
    assert command.main([str(path), "30"]) == 1
    assert "Choose another file" in capsys.readouterr().err
    assert path.read_text() == "the learners have these"


@pytest.mark.parametrize("count", ["0", "-1", "10001", "x"])
def test_a_wrong_count(tmp_path, count, capsys):
    with pytest.raises(SystemExit):
        command.main([str(tmp_path / "keys.txt"), count])
    assert "count" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
