"""An engine's chain over a model's raw logits draws what that engine draws.

llama.cpp's own server is asked here. What vLLM and transformers drew was recorded (`make abroad`),
with their logits: test_abroad.py compares the distributions, and here our prediction is tested.
"""

import json
from collections import Counter

import httpx
import numpy as np
import pytest
from bare_llama_cpp import KEY

from samplers import Chain, Distribution, SamplingParams, generate, log_softmax, softmax
from samplers.compare import goodness_of_fit, predict
from tests.abroad import found
from tests.abroad.record import raw_logits

RECORDS = [
    pytest.param(json.loads(path.read_text("utf-8")), id=path.stem)
    for path in sorted(found.DATA.glob("*_draws.json"))
]
ENGINES = ("vllm", "transformers", "sglang", "llama.cpp")
LEVEL = 1e-4  # of a test of fit: one in ten thousand fails by chance
REFUTED = 1e-9
FAR = 0.1  # total variation, which many draws cannot miss

# With no system message, llama.cpp's own template would add one.
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is the capital of France?"},
]
DRAWS = 200  # with each setting; what they are drawn from is compared, too
SHOWN = 1000  # tokens whose probabilities it shows, of those that its chain kept
CLOSE = 1e-4  # total variation
AT_ONCE = 4  # draws from one pass: llama.cpp copies its slot, and counts the seed up
SETTINGS = [
    {"temperature": 1.4, "top_p": 0.9, "repetition_penalty": 1.2},
    {"temperature": 1.7, "top_k": 20, "min_p": 0.06, "frequency_penalty": 0.6},
]


def recorded_distribution(record: dict) -> Distribution:
    """A record's own logits; llama.cpp shows log-probabilities alone."""
    logits = raw_logits(record).astype(float)
    V = len(logits)
    names = tuple(map(str, range(V)))
    total = None if record["engine"] == "llama.cpp" else float(np.logaddexp.reduce(logits))
    return Distribution(names, log_softmax(logits), vocabulary_size=V, logsumexp=total)


@pytest.mark.parametrize("record", RECORDS)
def test_what_an_engine_drew_is_what_its_preset_predicts_from_its_logits(record):
    distribution = recorded_distribution(record)
    engine = record["engine"].lower()
    refuted = 0
    for setting in record["settings"]:
        params = SamplingParams(**setting["params"])
        right = prediction_of(distribution, params, engine, record["prompt"])
        assert goodness_of_fit(right, setting["draws"]).p_value > LEVEL

        for other in set(ENGINES) - {engine}:
            if other == "transformers" and (params.frequency_penalty or params.presence_penalty):
                continue
            wrong = prediction_of(distribution, params, other, record["prompt"])
            if np.abs(wrong.probs - right.probs).sum() / 2 > FAR:
                assert goodness_of_fit(wrong, setting["draws"]).p_value < REFUTED
                refuted += 1
    assert refuted


def prediction_of(distribution, params, engine, prompt):
    counts = Chain.for_engine(engine).counts(prompt, [], len(distribution))
    return predict(distribution, params, engine, counts)


@pytest.fixture(scope="module")
def model(client):
    if client.abilities.slow_logprobs is not None:
        pytest.skip(f"no exact logits here: {client.abilities.slow_logprobs}")
    return client.as_model(MESSAGES)


@pytest.fixture(scope="module")
def ask(bare, model):
    """Asks llama.cpp's own server for `n` answers of `count` tokens, with the seeds from `seed` on.

    One slot reads the prompt: prompts that are read together with those of other slots give logits
    that differ a little. Returns the answers' JSON.
    """
    assert model.prompt == bare.tokenize(MESSAGES).ids
    root = bare.base_url.removesuffix("/v1")
    plain = {"top_p": 1.0, "top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0}
    fixed = {"prompt": list(model.prompt), "id_slot": 0, "return_tokens": True}
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=root, headers=headers, timeout=120) as http:

        def answers(params: dict, seed: int, count: int = 1, n: int = 1, **more) -> list[dict]:
            asked = plain | params
            asked["repeat_penalty"] = asked.pop("repetition_penalty", 1.0)
            body = fixed | asked | more | {"seed": seed, "n_predict": count, "n": n}
            answer = http.post("/completion", json=body).raise_for_status().json()
            return answer if n > 1 else [answer]

        # What another test left in the slot's cache was added up in another order: read it afresh.
        fresh = fixed | {"n_predict": 1, "cache_prompt": False}
        http.post("/completion", json=fresh).raise_for_status()
        yield answers


def tokens(answers: list[dict]) -> list[int]:
    """The tokens of all answers, one after the other."""
    return [token for answer in answers for token in answer["tokens"]]


def distribution_drawn_from(ask, setting: dict, V: int) -> np.ndarray:
    """What llama.cpp's sampler draws from (V,): its probabilities after its whole chain."""
    [answer] = ask(setting, seed=0, n_probs=SHOWN, post_sampling_probs=True)
    listed = answer["completion_probabilities"][0]["top_probs"]
    assert len(listed) < SHOWN  # these are all
    probs = np.zeros(V)
    probs[[entry["id"] for entry in listed]] = [entry["prob"] for entry in listed]
    return probs


@pytest.mark.parametrize("setting", SETTINGS)
def test_llama_cpp_draws_what_its_chain_over_our_logits_predicts(client, model, ask, setting):
    whole = client.next_token(MESSAGES, "all")
    params = SamplingParams(**setting)
    right = prediction_of(whole, params, "llama.cpp", model.prompt)
    theirs = distribution_drawn_from(ask, setting, len(whole))
    assert np.abs(right.probs[:-1] - theirs).sum() / 2 < CLOSE

    seeds = range(0, DRAWS, AT_ONCE)
    drawn = Counter(whole.bytes[i] for seed in seeds for i in tokens(ask(setting, seed, n=AT_ONCE)))
    assert drawn.total() == DRAWS
    assert goodness_of_fit(right, drawn).p_value > LEVEL

    wrong = prediction_of(whole, params, "vllm", model.prompt)
    assert np.abs(wrong.probs[:-1] - theirs).sum() / 2 > FAR
    assert goodness_of_fit(wrong, drawn).p_value < REFUTED


def test_generate_writes_llama_cpps_own_text_under_penalties(model, ask):
    """Greedy, so that one wrong count or logit would show."""
    penalties = {"repetition_penalty": 1.25, "frequency_penalty": 0.4, "presence_penalty": 0.2}
    params = SamplingParams(temperature=0, max_tokens=24, **penalties)
    written = generate(
        model,
        model.prompt,
        params,
        vocabulary=model.vocabulary,
        stop_tokens=model.stop_tokens,
        chain=Chain.for_engine("llama.cpp"),
    )
    theirs = tokens(ask({"temperature": 0, **penalties}, seed=0, count=24))
    assert len(written.tokens) > 4
    assert list(written.tokens) == [i for i in theirs if i not in model.stop_tokens]
    plain = tokens(ask({"temperature": 0}, seed=0, count=24))
    assert plain != theirs


def test_one_prompt_by_four_engines_rules(model):
    """What a lesson shows: the same logits and seed, four texts of which some differ."""
    params = SamplingParams(temperature=1.5, top_p=0.6, seed=3, max_tokens=8)
    parts = {"vocabulary": model.vocabulary, "stop_tokens": model.stop_tokens}
    texts = {}
    for engine in ENGINES:
        chain = Chain.for_engine(engine)
        written = generate(model, model.prompt, params, chain=chain, trace=True, **parts)
        texts[engine] = written.text
        right = softmax(chain.apply(model(model.prompt), params))
        np.testing.assert_allclose(softmax(written.trace[0][-1].logits), right, atol=1e-12)
    assert texts["vllm"] == texts["transformers"]
    assert texts["vllm"] != texts["llama.cpp"]
