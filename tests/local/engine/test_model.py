"""The models that the endpoint serves, by `--profile`."""

import pytest

from samplers.local.__main__ import arguments
from samplers.local.engine.model import ServedModel, Settings, named, served

PLAIN = ServedModel(None, None, Settings(), "m", "fp", 0)


@pytest.mark.parametrize(
    ("profile", "ids"),
    [("plain", ["m"]), ("reasoning", ["m-reasoning"]), ("both", ["m", "m-reasoning"])],
)
def test_served(profile, ids):
    models = served(PLAIN, profile)
    assert [model.id for model in models] == ids
    assert [model.reasoning for model in models] == [id.endswith("-reasoning") for id in ids]


def test_named():
    models = served(PLAIN, "both")
    assert named(models, "m-reasoning") is models[1]
    assert named(models, "M") is named(models, None) is named(models, ["m"]) is None


def test_options():
    assert arguments([]).profile == "both"
    assert arguments([]).default_system == "drop"
    for wrong in (["--profile", "thinking"], ["--default-system", "on"]):
        with pytest.raises(SystemExit):
            arguments(wrong)
