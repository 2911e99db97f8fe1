"""Chain: what it refuses, and what the error says."""

import numpy as np
import pytest

from samplers import Chain, SamplingParams


@pytest.mark.parametrize("name", ["gpt", "OpenAI", "", None, 5])
def test_an_unknown_engine(name):
    names = r"openai, vllm, transformers, sglang, sglang-flashinfer, llama\.cpp"
    with pytest.raises(ValueError, match=f"engine must be one of {names}, got"):
        Chain.for_engine(name)
    with pytest.raises(ValueError, match="engine must be one of"):
        Chain(name)


BAD_PARAMS = [None, {}, {"temperature": 1}, 5, [SamplingParams(), None], "ab"]


@pytest.mark.parametrize("params", BAD_PARAMS)
def test_params_of_a_wrong_type(params):
    with pytest.raises(ValueError, match="params must be a SamplingParams"):
        Chain.for_engine("openai").apply(np.zeros((2, 4)), params)


@pytest.mark.parametrize(("shape", "n"), [((4,), 2), ((2, 4), 3), ((2, 2, 4), 2), ((2, 4), 0)])
def test_a_request_for_each_row_must_fit(shape, n):
    with pytest.raises(ValueError, match="params must be one SamplingParams, or one for each row"):
        Chain.for_engine("openai").apply(np.zeros(shape), [SamplingParams()] * n)


def test_errors_of_the_stages_come_through():
    chain = Chain.for_engine("openai")
    with pytest.raises(ValueError, match="logit_bias ids must be integers in"):
        chain.apply([1.0, 2.0], SamplingParams(logit_bias={2: 1}))
    with pytest.raises(ValueError, match="counts must have the shape"):
        chain.apply([1.0, 2.0], SamplingParams(), [1, 2, 3])
    with pytest.raises(ValueError, match="finite or -inf"):
        chain.apply([1.0, np.nan], SamplingParams())
    with pytest.raises(ValueError, match=r"tokens must be ids in \[0, 3\], got 4"):
        chain.counts([], [4], 4)
