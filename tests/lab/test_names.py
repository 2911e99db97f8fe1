"""`samplers.lab` imports some of its names when they are first used."""

import pytest

from samplers import lab


def test_every_name_is_there_and_listed():
    for name in lab.__all__:
        assert getattr(lab, name) is not None, name
    assert set(lab.__all__) <= set(dir(lab))


def test_another_name_is_an_error():
    with pytest.raises(AttributeError, match="has no attribute 'explorers'"):
        _ = lab.explorers
