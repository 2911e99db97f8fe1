"""What the endpoint draws from: the stages' order, what penalties count, what logprobs mean, what a
seed promises.
"""

import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from samplers.api import start_local

HOT = {"temperature": 2, "top_p": 0.5}
FULL = {"x-samplers-full-logprobs": "true"}


def probabilities(logprobs: dict[str, float]) -> dict[str, float]:
    return {token: math.exp(logprob) for token, logprob in logprobs.items()}


def test_temperature_acts_before_top_p_in_openais_order(processed):
    told = probabilities(processed.top(**HOT))
    assert len(told) == 20
    for token, probability in {"The": 0.172, "L": 0.068, "Paris": 0.068, "La": 0.062}.items():
        assert told[token] == pytest.approx(probability, abs=0.005)
    everything = probabilities(processed.top(**HOT, headers=FULL, top_logprobs=49152))
    assert 100 < len(everything) < 49152  # a long tail, and what top_p removed is not there
    assert sum(everything.values()) == pytest.approx(1, abs=1e-3)


def test_temperature_acts_after_top_p_in_llama_cpps_order(llama_cpp):
    assert probabilities(llama_cpp.top(**HOT)) == {"The": 1.0}


def test_raw_logprobs_are_the_models_whatever_the_request(endpoint):
    plain = endpoint.top()
    ids = endpoint.tokenize("The")
    change = {
        "temperature": 0.3,
        "top_p": 0.1,
        "frequency_penalty": 2,
        "presence_penalty": 2,
        "logit_bias": {ids[0]: -100},
    }
    assert endpoint.top(**change) == plain


def test_every_token_comes_once_with_its_id(endpoint):
    content = endpoint.choice(headers=FULL, max_tokens=1, logprobs=True, top_logprobs=49152)[
        "logprobs"
    ]["content"][0]
    assert sorted(item["id"] for item in content["top_logprobs"]) == list(range(49152))
    assert content["id"] in range(49152)
    everything = {item["token"]: item["logprob"] for item in content["top_logprobs"]}
    assert len(everything) >= 49152 - 20  # some control tokens share no text, all others differ
    assert sum(probabilities(everything).values()) == pytest.approx(1, abs=1e-3)


def test_logit_bias(processed):
    ids = dict(
        zip(
            ("The", "Paris"),
            (processed.tokenize(word)[0] for word in ("The", "Paris")),
            strict=True,
        )
    )
    plain = processed.top()
    biased = processed.top(logit_bias={ids["Paris"]: 5})
    assert biased["Paris"] - biased["The"] == pytest.approx(
        plain["Paris"] - plain["The"] + 5, abs=1e-3
    )
    assert (
        processed.choice(max_tokens=1, temperature=0, logit_bias={ids["Paris"]: 100})["message"][
            "content"
        ]
        == "Paris"
    )
    assert "The" not in processed.top(logit_bias={ids["The"]: -100})
    assert processed.top(temperature=0) == {"The": 0.0}


@pytest.mark.parametrize("penalty", [{"frequency_penalty": 1.5}, {"presence_penalty": 1.5}])
def test_penalties_count_the_answer_only_in_openais_order(processed, penalty):
    # " Paris", "France" and the rest are in the prompt
    assert processed.top(**penalty) == processed.top()
    the, paris = processed.tokenize("The")[0], processed.tokenize("Paris")[0]
    ids = {"x-samplers-continue": f"[{the}, {paris}, {paris}]"}
    far = processed.top(headers=ids | FULL, top_logprobs=4000)
    now = processed.top(headers=ids | FULL, top_logprobs=4000, **penalty)
    per = {"The": 1.5, "Paris": 3.0 if "frequency_penalty" in penalty else 1.5}
    for token, off in per.items():
        assert (far[token] - far["I"]) - (now[token] - now["I"]) == pytest.approx(off, abs=2e-3)


def test_penalties_count_the_prompt_too_in_llama_cpps_order(llama_cpp):
    ask = [{"role": "user", "content": "The The The"}]
    far = llama_cpp.top(ask, headers=FULL, top_logprobs=4000)
    now = llama_cpp.top(ask, headers=FULL, top_logprobs=4000, frequency_penalty=1)
    count = [llama_cpp.tokenize(word)[0] for word in ("The", " The")]
    assert len(set(count)) == 2  # "The" once, " The" twice
    assert (far["The"] - far["I"]) - (now["The"] - now["I"]) == pytest.approx(1, abs=2e-3)
    assert (far[" The"] - far["I"]) - (now[" The"] - now["I"]) == pytest.approx(2, abs=2e-3)


def test_a_penalty_ends_a_greedy_loop(endpoint):
    ask = [{"role": "user", "content": "Repeat the word yes."}]
    biased = {"max_tokens": 12, "temperature": 0, "logit_bias": {endpoint.tokenize(" yes")[0]: 12}}
    loop = endpoint.choice(ask, **biased)["message"]["content"]
    assert loop == " yes" * 12
    assert endpoint.choice(ask, **biased, frequency_penalty=2)["message"]["content"] != loop


def test_draws_follow_the_distribution(endpoint):
    expected = probabilities(endpoint.top(top_logprobs=5))
    seen = Counter(
        choice["message"]["content"]
        for choice in endpoint.chat(n=80, max_tokens=1, seed=20)["choices"]
    )
    for token, probability in expected.items():
        sigma = math.sqrt(80 * probability * (1 - probability))
        assert abs(seen[token] - 80 * probability) < 4.5 * sigma


def test_a_seed_gives_the_same_text_alone_and_in_a_crowd(endpoint):
    def ask(seed: int, topic: str = "a bear") -> str:
        messages = [{"role": "user", "content": f"Tell me about {topic}."}]
        return endpoint.choice(messages, seed=seed, max_tokens=6)["message"]["content"]

    alone = ask(1)
    assert len({ask(seed) for seed in range(2, 6)} | {alone}) == 5  # another seed, another text
    with ThreadPoolExecutor(8) as crowd:
        noise = [crowd.submit(ask, seed, f"{seed} things " * seed) for seed in range(5)]
        same = [crowd.submit(ask, 1) for _ in range(12)]
        assert {answer.result() for answer in same} == {alone}
        assert all(answer.result() is not None for answer in noise)


def test_what_was_read_before_changes_nothing():
    """An answer gets the beginning of a longer conversation from the cache: its logprobs are those
    of a fresh one.
    """
    with start_local() as fresh, start_local() as used:
        used.chat("Add " + " ".join(map(str, range(30))), max_tokens=1)
        told = [client.next_token("How does Mia feel? She smiles.") for client in (fresh, used)]
    assert told[0].logprobs.tolist() == told[1].logprobs.tolist()


@pytest.mark.parametrize("temperature", [0, 1e-30, 1e-4])
def test_a_tiny_temperature_is_greedy(endpoint, temperature):
    assert (
        endpoint.choice(temperature=temperature, max_tokens=3)["message"]["content"]
        == "The capital of"
    )


def test_top_p_of_0_keeps_one_token(processed):
    assert processed.top(top_p=0) == {"The": 0.0}
