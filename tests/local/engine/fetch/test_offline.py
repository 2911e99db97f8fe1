"""A machine without a network and without the weights: its message can be followed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from processes import fetching_environment

from samplers.local.engine import weights

COMMAND = [sys.executable, "-m", "samplers.local.engine.weights"]


def test_the_file_can_be_brought_from_another_machine(tmp_path):
    """As it is for a lesson that starts an endpoint of its own on a learner's machine."""
    here = weights.find()
    if here is None or here.name != weights.FILE:
        pytest.skip("the weights are not on this machine")
    # nothing listens there, and pip is told that there is no index at all: it does not try again
    offline = fetching_environment(tmp_path, "http://127.0.0.1:9") | {"PIP_NO_INDEX": "1"}
    failed = subprocess.run(COMMAND, env=offline, capture_output=True, text=True)
    message = failed.stderr.splitlines()[-1]  # after the progress bar
    name, folder = re.search(r"copy (\S+) from .* into (.+?); else", message).groups()

    os.symlink(here, Path(folder) / name)
    done = subprocess.run(COMMAND, env=offline, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(Path(folder) / name)
