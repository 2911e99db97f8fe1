"""--slots and --class."""

import pytest

from samplers.local.__main__ import arguments


@pytest.mark.parametrize(
    ("flags", "slots"),
    [
        ([], 4),
        (["--slots", "1"], 1),
        (["--slots", "32"], 32),
        (["--class", "2"], 4),
        (["--class", "30"], 30),
        (["--class", "30", "--slots", "12"], 12),
    ],
)
def test_the_slots_that_they_name(flags, slots):
    assert arguments(flags).slots == slots


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--slots", "0"], "--slots must be in [1, 253], got 0"),
        (["--slots", "254"], "--slots must be in [1, 253], got 254"),
        (["--class", "0"], "--class must be in [1, 253], got 0"),
        (["--class", "500"], "--class must be in [1, 253], got 500"),
        (["--class", "30", "--slots", "-1"], "--slots must be in [1, 253], got -1"),
        (["--slots", "many"], "argument --slots: invalid int value: 'many'"),
    ],
)
def test_a_wrong_one_is_named(capsys, flags, message):
    with pytest.raises(SystemExit):
        arguments(flags)
    assert message in capsys.readouterr().err


def test_the_help_says_what_a_slot_takes(capsys):
    with pytest.raises(SystemExit):
        arguments(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "0.09 GB" in text
    assert "30 learners take 3.86 GB" in text
