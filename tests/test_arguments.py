"""Arguments of every kind to generate, draw, Distribution and perplexity: what the errors say."""

from fractions import Fraction

import numpy as np
import pytest
from hand import INF

from samplers import Chain, Distribution, SamplingParams, draw, generate, logit_bias, perplexity

LOGITS = [2.0, 1.0, 0.0]
MASKED = np.ma.array(LOGITS, mask=[True, False, False])
GENERATE = {
    "model": lambda ids: LOGITS,
    "prompt": [0],
    "params": SamplingParams(max_tokens=2),
    "vocabulary": ["a", "b", "c"],
}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("model", [None, LOGITS, "model"]),
        ("prompt", [None, 0, "a", {0}, [0.0], [3], [[0]], np.ma.array([0], mask=[1])]),
        ("params", [{}, 1, "greedy", SamplingParams]),
        (
            "vocabulary",
            [None, 3, [], "", b"abc", {0: "a"}, {"a"}, [0, 1], ["a", None], np.array("a")],
        ),
        ("stop_tokens", [0, "a", [3], [-1], ["a"], [True], {0.5}, {0: 1}, [[0]], np.array(0)]),
        ("chain", ["openai", Chain, 1]),
    ],
)
def test_generate_names_what_is_wrong(name, values):
    for value in values:
        with pytest.raises(ValueError, match=f"^{name}"):
            generate(**{**GENERATE, name: value})


def test_a_masked_answer_of_a_model():
    with pytest.raises(ValueError, match="the model's logits must have no mask"):
        generate(**{**GENERATE, "model": lambda ids: MASKED})


def test_a_negative_seed_is_refused_and_the_others_keep_their_texts():
    with pytest.raises(ValueError, match="seed must be an integer >= 0, got -5"):
        generate(**{**GENERATE, "params": SamplingParams(max_tokens=2, seed=-5)})
    texts = {}
    for seed in (0, 5, 2**63 - 1):
        params = SamplingParams(max_tokens=30, seed=seed)
        texts[seed] = generate(**{**GENERATE, "params": params}).tokens
        assert texts[seed] == tuple(draw(LOGITS, np.random.default_rng(seed), 30))
    assert len(set(texts.values())) == 3


@pytest.mark.parametrize("seed", [np.int64(5), np.uint8(5), np.array(5)[()]])
def test_a_seed_of_numpy(seed):
    assert draw(LOGITS, seed, 20).tolist() == draw(LOGITS, 5, 20).tolist()


@pytest.mark.parametrize(
    "rng", [np.int64(-1), np.bool_(True), np.array(5), 5.0, np.float64(5), INF]
)
def test_what_is_no_seed(rng):
    with pytest.raises(ValueError, match="rng must be a numpy Generator or an int seed >= 0, got"):
        draw(LOGITS, rng)


LOGPROBS = [-1.0, -2.0]
DISTRIBUTION = {"tokens": ("a", "b"), "logprobs": LOGPROBS}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "tokens",
            [
                None,
                "ab",
                [1, 2],
                [b"a", b"b"],
                {"a", "b"},
                np.array("a"),
                ["a", None],
                ["a", "\ud83d"],
            ],
        ),
        ("logprobs", [None, "ab", [1j, 0], [-1], [[-1, -2]], ["a", "b"], [np.nan, -1], MASKED[:2]]),
        ("bytes", [5, b"ab", ["a", "b"], [b"a"], [None, None]]),
        ("unseen", [None, "0", True, -0.1, 1.1, np.nan, [0.1]]),
        ("ids", [5, "01", [0], [0.0, 1.0], [True, False], {0, 1}, [0, -1]]),
        ("vocabulary_size", [1, 0, -1, 2.0, True, "2", np.nan]),
    ],
)
def test_a_distribution_names_what_is_wrong(name, values):
    for value in values:
        with pytest.raises(ValueError, match=f"^{name} must"):
            Distribution(**{**DISTRIBUTION, name: value})


@pytest.mark.parametrize("probs", [None, 1, ["a"], {"a": "1"}, {"a": None}, {"a": np.nan}, {}])
def test_from_probs_names_what_is_wrong(probs):
    with pytest.raises(ValueError, match="probs must"):
        Distribution.from_probs(probs)


@pytest.mark.parametrize("token", [None, 0, b"a", ["a"]])
def test_a_token_is_found_by_its_text(token):
    with pytest.raises(ValueError, match="token must be a token's text"):
        Distribution.from_probs({"a": 1.0}).index(token)


@pytest.mark.parametrize(
    "values", [None, "ab", ["a"], [None], [True], np.nan, [np.nan], [0.1], [[-1.0]], MASKED, {-1.0}]
)
def test_perplexity_names_what_is_wrong(values):
    with pytest.raises(ValueError, match="token_logprobs must"):
        perplexity(values)


def test_an_error_does_not_repeat_a_whole_vocabulary():
    with pytest.raises(ValueError, match="params must be a SamplingParams") as error:
        Chain("openai").apply(LOGITS, list(range(100_000)))
    assert len(str(error.value)) < 700
    with pytest.raises(ValueError, match=r"temperature must be .* got a value of type int"):
        SamplingParams(temperature=10**5000)


def test_a_bias_is_a_number():
    with pytest.raises(ValueError, match="logit_bias must be a number below"):
        logit_bias(LOGITS, {0: True})
    with pytest.raises(ValueError, match="logit_bias must have token ids >= 0"):
        SamplingParams(logit_bias={"9" * 5000: 1})


@pytest.mark.parametrize("value", [10**400, -(10**400), 10**5000], ids=["400", "-400", "5000"])
def test_no_number_is_too_large_for_an_error(value):
    with pytest.raises(ValueError, match="logit_bias must be a number below"):
        logit_bias(LOGITS, {0: value})
    with pytest.raises(ValueError, match=r"logit_bias must be in \[-100, 100\]"):
        SamplingParams(logit_bias={0: value})
    for name in ("repetition_penalty", "stop", "logprobs"):
        with pytest.raises(ValueError, match=f"{name} must"):
            SamplingParams(**{name: value})


def test_a_bias_may_be_a_fraction():
    assert logit_bias([1.0], {0: Fraction(1, 2)}).tolist() == [1.5]


def test_an_array_is_a_sequence():
    whole = Distribution(np.array(["a", "b"]), LOGPROBS, ids=np.array([3, 5]))
    assert (whole.tokens, whole.ids) == (("a", "b"), (3, 5))
    out = generate(**{**GENERATE, "vocabulary": np.array(["a", "b", "c"]), "prompt": np.array([0])})
    assert len(out.text) == 2


def test_what_came_is_repeated_whole_where_it_is_short():
    with pytest.raises(ValueError, match=r"got \('a', 'b'\)$"):
        Distribution.from_probs(("a", "b"))
    with pytest.raises(ValueError, match=r"got '(x{499})…$"):
        Distribution.from_probs("x" * 1000)
