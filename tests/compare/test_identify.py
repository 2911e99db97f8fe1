"""`identify` on endpoints whose ways are known: a fake one of every kind, ours, and llama.cpp's
own.
"""

import pytest
from toy_endpoint import FakeEndpoint

from samplers.api import AuthenticationError, start_local
from samplers.compare import Hypothesis, identify
from samplers.compare.hypotheses import UNDECIDED

KINDS = [
    (engine, logprobs, counts)
    for engine in ("vllm", "llama.cpp")
    for logprobs in ("raw", "processed")
    for counts in ("output", "prompt and output", "nothing")
]


def order_of(engine):
    return "temperature last" if engine == "llama.cpp" else "temperature first"


@pytest.mark.parametrize(("engine", "logprobs", "counts"), KINDS)
def test_it_names_every_kind_of_endpoint(engine, logprobs, counts):
    result = identify(FakeEndpoint(engine, logprobs, counts, seed=1).client(), progress=False)
    assert result.best == Hypothesis(order_of(engine), UNDECIDED, logprobs, counts)
    assert result.posterior[result.best] > 0.99
    assert result.draws <= 500
    assert result.p_value > 0.001


@pytest.mark.parametrize("logprobs", ["raw", "processed"])
@pytest.mark.parametrize("order", ["openai", "llama.cpp"])
def test_it_names_the_local_endpoint(order, logprobs):
    with start_local(engine_order=order, logprobs_mode=logprobs) as client:
        result = identify(client, progress=False)
    counts = "prompt and output" if order == "llama.cpp" else "output"
    assert result.best == Hypothesis(order_of(order), UNDECIDED, logprobs, counts)
    assert result.posterior[result.best] > 0.99
    assert result.draws <= 500


def test_it_names_llama_cpps_own_server(bare):
    result = identify(bare, progress=False)
    assert result.best == Hypothesis("temperature last", UNDECIDED, "raw", "prompt and output")
    assert result.posterior[result.best] > 0.99


def test_what_no_question_tells_is_undecided_and_said_to_be():
    result = identify(FakeEndpoint(seed=2).client(), progress=False)
    pairs = [
        pair
        for pair in result.undecided
        if {pair.a.boundary, pair.b.boundary} == {"before < p", "before <= p"}
    ]
    assert pairs
    assert pairs[0].more_draws == float("inf")
    assert "boundary: before < p or before <= p?" in repr(result)


def test_with_too_few_draws_it_names_pairs_and_how_many_would_decide():
    """Twelve answers measure the model and one shows its logprobs: nothing is left to see the order
    with.
    """
    result = identify(FakeEndpoint(seed=3).client(), draws=12, progress=False)
    assert (result.best.order, result.best.logprobs, result.best.counts) == (
        UNDECIDED,
        "raw",
        UNDECIDED,
    )
    order = [pair for pair in result.undecided if pair.a.order != pair.b.order]
    assert len(order) == 1
    assert 1 <= order[0].more_draws < 100
    assert "more draws would decide" in repr(result)
    assert "nothing was drawn to test" in repr(result)


def test_the_posterior_is_one_and_its_marginals_add_up():
    result = identify(FakeEndpoint(seed=4).client(), draws=30, progress=False)
    assert sum(result.posterior.values()) == pytest.approx(1)
    assert sum(result.marginal("order").values()) == pytest.approx(1)
    with pytest.raises(ValueError, match="name must be one of order"):
        result.marginal("colour")


def test_an_endpoint_of_another_kind_fits_no_hypothesis():
    """It samples with a min_p that nobody asked for: its draws are not what any hypothesis says."""

    class Hidden(FakeEndpoint):
        def choice(self, body, index):
            # it clamps every temperature to 2
            return super().choice({**body, "temperature": 2.0}, index)

    result = identify(Hidden(seed=5).client(), progress=False)
    assert result.p_value < 0.001
    assert "NO hypothesis fits" in repr(result)


def test_it_reads_as_a_table():
    result = identify(FakeEndpoint(seed=6).client(), progress=False)
    assert repr(result).splitlines()[0].split() == ["order", "boundary", "logprobs", "counts", "log-likelihood",
                                                    "posterior"]  # fmt: skip
    html = result._repr_html_()
    assert "<td>temperature first</td>" in html
    assert "before &lt; p" in html


def test_your_own_messages_are_the_only_question():
    fake = FakeEndpoint(seed=7)
    result = identify(fake.client(), "Say 5, 7 or 0.", progress=False)
    assert result.best.order == "temperature first"
    assert {body["messages"][0]["content"] for body in fake.bodies} == {"Say 5, 7 or 0."}


def test_nothing_is_left_to_hidden_defaults():
    fake = FakeEndpoint(seed=8)
    identify(fake.client(), progress=False)
    for body in fake.bodies[1:]:
        assert {
            "temperature",
            "top_p",
            "frequency_penalty",
            "presence_penalty",
            "top_k",
            "min_p",
        } <= set(body)


def test_an_endpoint_that_cannot_be_asked_is_an_error():
    with pytest.raises(AuthenticationError):
        identify(FakeEndpoint(refuse=lambda body: 401).client(), progress=False)
    with pytest.raises(ValueError, match="draws must be an int >= 1, got 0"):
        identify(FakeEndpoint().client(), draws=0)


def test_an_answer_that_is_not_the_models_is_left_out():
    """One measurement of six shows other tokens altogether; the model is what the other five show."""
    fake = FakeEndpoint("llama.cpp", counts="prompt and output", seed=9)
    usual, calls = fake.choice, []

    def choice(body, index):
        calls.append(body)
        answer = usual(body, index)
        if len(calls) == 3:
            for token in answer["logprobs"]["content"]:
                token["top_logprobs"] = [{"token": "?", "bytes": [63], "logprob": -0.01}]
        return answer

    fake.choice = choice
    result = identify(fake.client(), progress=False)
    assert result.best == Hypothesis("temperature last", UNDECIDED, "raw", "prompt and output")
