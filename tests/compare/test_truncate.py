"""The table of truncation stages: a parameter that no stage reads, and an unknown stage."""

from dataclasses import dataclass

import numpy as np
import pytest

from samplers import Distribution, SamplingParams
from samplers.compare import Rules, predict

SHOWN = Distribution(("a", "b", "c"), np.log([0.5, 0.3, 0.1]), unseen=0.1, vocabulary_size=8)


@dataclass(frozen=True)
class GrownParams(SamplingParams):
    """Sampling parameters of a later day."""

    novel_p: float = 1.0


def test_a_parameter_that_no_stage_reads_is_an_error_that_names_it():
    assert predict(SHOWN, GrownParams(), "openai").exact
    with pytest.raises(ValueError, match=r"novel_p must be 1\.0.*got 0\.9"):
        predict(SHOWN, GrownParams(novel_p=0.9), "openai")
    only_top_p = Rules("temperature first", stages=("top_p",))
    with pytest.raises(ValueError, match=r"top_k must be 0.*got 5"):
        predict(SHOWN, SamplingParams(top_k=5), only_top_p)


def test_an_unknown_stage_is_an_error_unless_its_parameter_is_off():
    novel = Rules("temperature first", stages=("top_p", "novel_p"))
    with pytest.raises(ValueError, match=r"stages must be among top_k, .*got 'novel_p'"):
        predict(SHOWN, SamplingParams(), novel)
    assert predict(SHOWN, GrownParams(), novel).exact
    with pytest.raises(ValueError, match="novel_p"):
        predict(SHOWN, GrownParams(novel_p=0.9), novel)
