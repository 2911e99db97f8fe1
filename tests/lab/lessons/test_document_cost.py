"""The document's estimator is the document's, line by line."""

import inspect
from pathlib import Path

import pytest

from samplers.lab import estimate_cost

SEED = Path(__file__).resolve().parents[4] / "shared" / "seed"


@pytest.mark.skipif(not SEED.is_dir(), reason="the document is not here (../shared/seed)")
def test_it_is_the_documents_word_for_word():
    (document,) = SEED.glob("*.txt")
    lines = document.read_text("utf-8").splitlines()
    begin = next(n for n, line in enumerate(lines) if line.startswith("def estimate_cost"))
    end = next(n for n, line in enumerate(lines) if line.startswith("| 特性"))
    ours = inspect.getsource(estimate_cost).replace(f'"""{estimate_cost.__doc__}"""', "")
    assert without_layout(ours) == without_layout("".join(lines[begin:end]))


def without_layout(code: str) -> str:
    """Without spaces, and without the comma that a formatter adds behind the last parameter."""
    return "".join(code.split()).replace(",)->", ")->")
