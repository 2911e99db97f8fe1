"""Each provider's form is one whatever the model says: here it is the model of two layers.

A test that needs the model's words, or an answer that ends by itself, asks `full`.
"""

from dataclasses import replace

import pytest


@pytest.fixture(scope="module")
def endpoint(shallow):
    """The default endpoint, fast."""
    return shallow


@pytest.fixture(scope="module")
def full_reasoning(full):
    """The whole model, simulated as one that reasons."""
    return replace(full, model=f"{full.model}-reasoning")
