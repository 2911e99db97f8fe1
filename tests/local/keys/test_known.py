"""Who is let in, and how a changed file of keys changes it."""

import pytest

from samplers.local.keys.known import Keys, KeysFile
from samplers.local.keys.read import KeysError

ADA, BOB, NEW = "a" * 16, "b" * 16, "n" * 16


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "keys.txt"
    path.write_text(f"ada {ADA}\nbob {BOB}\n")
    return path


def test_one_key():
    keys = Keys("sk-mine")
    assert keys.owner("sk-mine") in keys.owners()
    assert keys.owner("sk-other") is None
    assert keys.owner("") is None


def test_an_owner_is_the_name_whatever_the_key_is(path):
    keys = KeysFile(path)
    ada, bob = keys.owner(ADA), keys.owner(BOB)
    assert keys.owners() == {ada, bob}
    assert ada != bob

    path.write_text(f"ada {NEW}\nbob {BOB}\n")
    keys.look()
    assert (keys.owner(NEW), keys.owner(ADA), keys.owner(BOB)) == (ada, None, bob)


def test_the_owner_of_the_one_key_is_the_same_whatever_it_is():
    assert Keys(ADA).owner(ADA) == Keys(BOB).owner(BOB)


def test_no_name_is_another_owner(path):
    """Neither one that is as another's key, nor one that is as the owner of the one key."""
    owner = Keys(ADA).owner(ADA)
    path.write_text(f"ada {ADA}\n{ADA} {BOB}\n{owner} {NEW}\n")
    assert len(KeysFile(path).owners() | {owner}) == 4


def test_a_removed_key_is_refused(path, capsys):
    keys = KeysFile(path)
    ada = keys.owner(ADA)
    path.write_text(f"ada {ADA}\n")
    keys.look()
    assert keys.owner(BOB) is None
    assert keys.owners() == {ada}
    assert capsys.readouterr().err == f"samplers.local: {path} was read again. Keys in use: 1.\n"
    keys.look()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("broken", [None, "", f"eve {NEW}\neve {BOB}\n", "eve short\n", "\x00"])
def test_a_broken_file_keeps_the_keys_of_before_and_says_so_once(path, capsys, broken):
    keys = KeysFile(path)
    if broken is None:
        path.unlink()
    else:
        path.write_text(broken)
    for _ in range(2):
        keys.look()
    assert keys.owner(ADA) is not None
    assert keys.owner(NEW) is None

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the keys of before stay in use" in said
    assert NEW not in said
    assert "short" not in said

    path.write_text(f"ada {ADA}\n")
    keys.look()
    assert keys.owner(BOB) is None


def test_at_the_start_it_must_be_right(path):
    path.write_text("ada\n")
    with pytest.raises(KeysError, match="line 1"):
        KeysFile(path)
