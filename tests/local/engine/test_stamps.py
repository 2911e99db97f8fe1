"""A check is made once for each change of a file."""

import os

import pytest

from samplers.local.engine.stamps import passes


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"content")
    return path


def test_what_passed_is_not_checked_again(tmp_path, file):
    calls = []

    def check() -> bool:
        calls.append(file.read_bytes())
        return True

    cache = tmp_path / "not" / "yet"
    assert passes(cache, file, "a check", check)
    assert passes(cache, file, "a check", check)
    assert len(calls) == 1
    assert passes(cache, file, "another check", check)
    assert len(calls) == 2
    os.utime(file, ns=(0, 1))
    assert passes(cache, file, "a check", check)
    assert len(calls) == 3


def test_what_failed_is_checked_again(tmp_path, file):
    assert not passes(tmp_path, file, "a check", lambda: False)
    assert passes(tmp_path, file, "a check", lambda: True)


def test_a_file_that_changes_while_it_is_checked(tmp_path, file):
    def change() -> bool:
        os.utime(file, ns=(0, 1))
        return True

    assert passes(tmp_path, file, "a check", change)
    assert not passes(tmp_path, file, "a check", lambda: False)


def test_no_folder_for_stamps(file):
    assert passes(file / "in a file", file, "a check", lambda: True)
