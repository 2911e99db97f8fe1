"""`identify` on endpoints whose rules are known: a toy of every kind, ours, and llama.cpp's own."""

from itertools import count

import pytest
import toy_endpoint
from toy_endpoint import VOCABULARY, ToyEndpoint, toy_logits

from samplers.api import AuthenticationError, start_local
from samplers.compare import Hypothesis, identify
from samplers.compare.hypotheses import UNDECIDED
from samplers.compare.identify import PROMPTS

KINDS = [
    (engine, logprobs, counts)
    for engine in ("vllm", "llama.cpp")
    for logprobs in ("raw", "processed")
    for counts in ("output", "prompt and output", "nothing")
]
# SGLang's, whose penalties count the output
KINDS += [
    ("sglang", "processed before truncation", "output"),
    ("sglang", "processed before temperature", "output"),
    ("sglang-flashinfer", "processed before temperature", "output"),
]


def order_of(engine):
    return "temperature last" if engine == "llama.cpp" else "temperature first"


@pytest.mark.parametrize(("engine", "logprobs", "counts"), KINDS)
def test_it_names_every_kind_of_endpoint(engine, logprobs, counts):
    result = identify(ToyEndpoint(engine, logprobs, counts, seed=1).client(), progress=False)
    assert result.best == Hypothesis(order_of(engine), UNDECIDED, logprobs, counts)
    assert result.posterior[result.best] > 0.99
    assert result.draws <= 500
    assert result.p_value > 0.001


def test_it_names_the_local_endpoint(client):
    check_local("openai", "raw", identify(client, progress=False))


def test_it_names_the_local_endpoint_of_other_options():
    """By one of the two prompts, as to read another takes a second."""
    with start_local(engine_order="llama.cpp", logprobs_mode="processed") as other:
        check_local("llama.cpp", "processed", identify(other, PROMPTS[0], progress=False))


def check_local(order, logprobs, result):
    counts = "prompt and output" if order == "llama.cpp" else "output"
    assert result.best == Hypothesis(order_of(order), UNDECIDED, logprobs, counts)
    assert result.posterior[result.best] > 0.99
    assert result.draws <= 500


def test_it_names_llama_cpps_own_server(bare):
    result = identify(bare, PROMPTS[0], progress=False)
    assert result.best == Hypothesis("temperature last", UNDECIDED, "raw", "prompt and output")
    assert result.posterior[result.best] > 0.99


def test_a_noisy_second_distribution_costs_only_the_questions_about_it(monkeypatch):
    """As llama.cpp's server once gave 0.385 nats after one first token, and 0.03 elsewhere."""
    noisy = VOCABULARY.index(b"5")
    answers = count()

    def some_are_noisy(after):
        logits = toy_logits(after)
        if after == [noisy] and next(answers) % 2:
            logits[logits.argmax()] += 1.0
        return logits

    monkeypatch.setattr(toy_endpoint, "toy_logits", some_are_noisy)
    toy = ToyEndpoint("llama.cpp", "raw", "prompt and output", seed=1)
    result = identify(toy.client(), PROMPTS[0], progress=False)
    assert next(answers) > 2
    assert result.best == Hypothesis("temperature last", UNDECIDED, "raw", "prompt and output")


@pytest.fixture(scope="module")
def toy():
    return ToyEndpoint(seed=2)


@pytest.fixture(scope="module")
def result(toy):
    """What `identify` finds of `toy`."""
    return identify(toy.client(), progress=False)


def test_what_no_question_decides_is_reported_as_undecided(result):
    of_boundary = {(pair.a.boundary, pair.b.boundary): pair for pair in result.undecided}
    assert of_boundary["before < p", "before <= p"].more_draws == float("inf")
    assert "boundary: before < p or before <= p?" in repr(result)


def test_with_too_few_draws_it_names_pairs_and_how_many_would_decide():
    """Twelve answers measure the model and one shows logprobs: no draw is left for the order."""
    result = identify(ToyEndpoint(seed=3).client(), draws=12, progress=False)
    assert result.best.logprobs == "raw"
    assert (result.best.order, result.best.counts) == (UNDECIDED, UNDECIDED)

    pairs = [pair for pair in result.undecided if pair.a.order != pair.b.order]
    assert len(pairs) == 1
    assert 1 <= pairs[0].more_draws < 100
    assert "more draws would decide" in repr(result)
    assert "nothing was drawn to test" in repr(result)


def test_the_posterior_sums_to_one():
    result = identify(ToyEndpoint(seed=4).client(), draws=30, progress=False)
    assert sum(result.posterior.values()) == pytest.approx(1)


def test_an_endpoint_of_another_kind_fits_no_hypothesis():
    """It draws at temperature 2 whatever a request says: no hypothesis predicts its draws."""

    class Hot(ToyEndpoint):
        def choice(self, body, index):
            return super().choice({**body, "temperature": 2.0}, index)

    result = identify(Hot(seed=5).client(), progress=False)
    assert result.p_value < 0.001
    assert "NO hypothesis fits" in repr(result)


def test_it_reads_as_a_table(result):
    head = "order boundary logprobs counts log-likelihood posterior"
    assert repr(result).splitlines()[0].split() == head.split()
    html = result._repr_html_()
    assert "<td>temperature first</td>" in html
    assert "before &lt; p" in html


def test_your_own_messages_are_the_only_question():
    toy = ToyEndpoint(seed=7)
    result = identify(toy.client(), "Say 5, 7 or 0.", progress=False)
    assert result.best.order == "temperature first"
    assert {body["messages"][0]["content"] for body in toy.bodies} == {"Say 5, 7 or 0."}


def test_nothing_is_left_to_hidden_defaults(toy, result):
    assert result.draws
    for body in toy.bodies[1:]:
        assert {"temperature", "top_p", "top_k", "min_p"} <= body.keys()
        assert {"frequency_penalty", "presence_penalty"} <= body.keys()


def test_an_endpoint_that_cannot_be_asked_is_an_error():
    with pytest.raises(AuthenticationError):
        identify(ToyEndpoint(refuse=lambda body: 401).client(), progress=False)
    with pytest.raises(ValueError, match="draws must be an integer >= 1, got 0"):
        identify(ToyEndpoint().client(), draws=0)


def test_an_answer_that_is_not_the_models_is_left_out():
    """One answer of six shows other tokens altogether; the mean is that of the other five."""

    class Lapsing(ToyEndpoint):
        choices = 0

        def choice(self, body, index):
            answer = super().choice(body, index)
            self.choices += 1
            if self.choices == 3:
                for token in answer["logprobs"]["content"]:
                    token["top_logprobs"] = [{"token": "?", "bytes": [63], "logprob": -0.01}]
            return answer

    toy = Lapsing("llama.cpp", counts="prompt and output", seed=9)
    result = identify(toy.client(), progress=False)
    assert result.best == Hypothesis("temperature last", UNDECIDED, "raw", "prompt and output")
