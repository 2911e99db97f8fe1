"""What the endpoint draws from.

The stages' order, what penalties count, what logprobs mean, what a seed promises.
"""

import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

HOT = {"temperature": 2, "top_p": 0.5}
FULL = {"x-samplers-full-logprobs": "true"}


def probabilities(logprobs: dict[str, float]) -> dict[str, float]:
    return {token: math.exp(logprob) for token, logprob in logprobs.items()}


def test_temperature_acts_before_top_p_in_openais_order(processed):
    top = probabilities(processed.top(**HOT))
    assert len(top) == 20
    for token, probability in {"The": 0.172, "L": 0.068, "Paris": 0.068, "La": 0.062}.items():
        assert top[token] == pytest.approx(probability, abs=0.005)
    everything = probabilities(processed.top(**HOT, headers=FULL, top_logprobs=49152))
    assert 100 < len(everything) < 49152  # a long tail, without what top_p removed
    assert sum(everything.values()) == pytest.approx(1, abs=1e-3)


def test_temperature_acts_after_top_p_in_llama_cpps_order(llama_cpp):
    assert probabilities(llama_cpp.top(**HOT)) == {"The": 1.0}


def test_raw_logprobs_are_the_models_whatever_the_request(shallow):
    (the,) = shallow.tokenize("The")
    changed = shallow.top(
        temperature=0.3,
        top_p=0.1,
        frequency_penalty=2,
        presence_penalty=2,
        logit_bias={the: -100},
    )
    assert changed == shallow.top()


def test_every_token_comes_once_with_its_id(shallow):
    choice = shallow.choice(headers=FULL, max_tokens=1, logprobs=True, top_logprobs=49152)
    (entry,) = choice["logprobs"]["content"]
    assert sorted(item["id"] for item in entry["top_logprobs"]) == list(range(49152))
    assert entry["id"] in range(49152)
    everything = {item["token"]: item["logprob"] for item in entry["top_logprobs"]}
    assert len(everything) >= 49152 - 20  # some control tokens share no text, all others differ
    assert sum(probabilities(everything).values()) == pytest.approx(1, abs=1e-3)


def test_logit_bias(processed):
    (the,) = processed.tokenize("The")
    (paris,) = processed.tokenize("Paris")
    plain = processed.top()
    biased = processed.top(logit_bias={paris: 5})
    odds = plain["Paris"] - plain["The"] + 5
    assert biased["Paris"] - biased["The"] == pytest.approx(odds, abs=1e-3)

    assert processed.text(max_tokens=1, temperature=0, logit_bias={paris: 100}) == "Paris"
    assert "The" not in processed.top(logit_bias={the: -100})
    assert processed.top(temperature=0) == {"The": 0.0}


@pytest.mark.parametrize("penalty", [{"frequency_penalty": 1.5}, {"presence_penalty": 1.5}])
def test_penalties_count_the_answer_only_in_openais_order(processed, penalty):
    # " Paris", "France" and the rest are in the prompt
    assert processed.top(**penalty) == processed.top()

    (the,) = processed.tokenize("The")
    (paris,) = processed.tokenize("Paris")
    headers = FULL | {"x-samplers-continue": f"[{the}, {paris}, {paris}]"}
    before = processed.top(headers=headers, top_logprobs=4000)
    after = processed.top(headers=headers, top_logprobs=4000, **penalty)
    penalties = {"The": 1.5, "Paris": 3.0 if "frequency_penalty" in penalty else 1.5}
    for token, expected in penalties.items():
        taken_off = (before[token] - before["I"]) - (after[token] - after["I"])
        assert taken_off == pytest.approx(expected, abs=2e-3)


def test_penalties_count_the_prompt_too_in_llama_cpps_order(llama_cpp):
    messages = [{"role": "user", "content": "The The The"}]  # "The" once, " The" twice
    ids = [llama_cpp.tokenize(word)[0] for word in ("The", " The")]
    assert len(set(ids)) == 2
    before = llama_cpp.top(messages, FULL, top_logprobs=4000)
    after = llama_cpp.top(messages, FULL, top_logprobs=4000, frequency_penalty=1)
    for token, expected in {"The": 1, " The": 2}.items():
        taken_off = (before[token] - before["I"]) - (after[token] - after["I"])
        assert taken_off == pytest.approx(expected, abs=2e-3)


def test_a_penalty_ends_a_greedy_loop(endpoint):
    messages = [{"role": "user", "content": "Repeat the word yes."}]
    yes = endpoint.tokenize(" yes")[0]
    fields = {"max_tokens": 12, "temperature": 0, "logit_bias": {yes: 12}}
    loop = endpoint.text(messages, **fields)
    assert loop == " yes" * 12
    assert endpoint.text(messages, **fields, frequency_penalty=2) != loop


def test_draws_follow_the_distribution(endpoint):
    expected = probabilities(endpoint.top(top_logprobs=5))
    choices = endpoint.chat(n=80, max_tokens=1, seed=20)["choices"]
    counts = Counter(choice["message"]["content"] for choice in choices)
    for token, probability in expected.items():
        sigma = math.sqrt(80 * probability * (1 - probability))
        assert abs(counts[token] - 80 * probability) < 4.5 * sigma


def test_a_seed_gives_the_same_text_alone_and_in_a_crowd(endpoint):
    def text(seed: int, topic: str = "a bear") -> str:
        messages = [{"role": "user", "content": f"Tell me about {topic}."}]
        return endpoint.text(messages, seed=seed, max_tokens=6)

    alone = text(1)
    assert len({text(seed) for seed in range(2, 6)} | {alone}) == 5  # another seed, another text
    with ThreadPoolExecutor(8) as crowd:
        noise = [crowd.submit(text, seed, f"{seed} things " * seed) for seed in range(5)]
        same = [crowd.submit(text, 1) for _ in range(12)]
        assert {answer.result() for answer in same} == {alone}
        assert all(answer.result() is not None for answer in noise)


@pytest.mark.usefixtures("two_layers")
def test_what_was_read_before_changes_nothing(start, shallow):
    """An answer that begins like a longer conversation gets its beginning from the cache.

    Its logprobs are those of an endpoint that has read nothing yet: as the engine lists them, and
    as the exact logits.
    """
    short = [{"role": "user", "content": "How does Mia feel? She smiles."}]
    longer = [{"role": "user", "content": short[0]["content"] + " 1 2 3" * 15}]
    fresh = start()
    for headers in (None, {"x-samplers-full-logprobs": "compact"}):
        fields = {"headers": headers, "max_tokens": 1, "logprobs": True, "top_logprobs": 20}
        shallow.chat(longer, **fields)
        alone, after = (each.chat(short, **fields) for each in (fresh, shallow))
        assert alone["usage"]["samplers_cached_tokens"] == 0
        assert after["usage"]["samplers_cached_tokens"] > 8
        entries = [answer["choices"][0]["logprobs"]["content"][0] for answer in (alone, after)]
        assert entries[0]["top_logprobs"] == entries[1]["top_logprobs"]
        assert entries[0].get("full") == entries[1].get("full")


@pytest.mark.parametrize("temperature", [0, 1e-30, 1e-4])
def test_a_tiny_temperature_is_greedy(endpoint, temperature):
    assert endpoint.text(temperature=temperature, max_tokens=3) == "The capital of"


def test_top_p_of_0_keeps_one_token(processed):
    assert processed.top(top_p=0) == {"The": 0.0}
