"""generate with a scripted model: every stop, logprob and count can be worked out by hand."""

import math

import numpy as np
import pytest
from marks import no_warnings

from samplers import Chain, SamplingParams, generate, log_softmax

pytestmark = no_warnings
INF = np.inf
WORDS = ["the ", "cat", " sat", ".", "\n\n", "<end>"]
END = 5


def script(*ids, V=6):
    """A model that answers with these ids after the prompt [0], again and again."""

    def model(tokens):
        logits = np.full(V, -INF)
        logits[ids[(len(tokens) - 1) % len(ids)]] = 0.0
        return logits

    return model


def scripted(*ids, vocabulary=WORDS, stop_tokens=(END,), **params):
    return generate(
        script(*ids, V=len(vocabulary)),
        [0],
        SamplingParams(**params),
        vocabulary=vocabulary,
        stop_tokens=stop_tokens,
    )


def same_every_time(tokens):
    """A model of three words with the probabilities .6, .2 and .2, whatever came before."""
    return np.log([0.6, 0.2, 0.2])


def sampled(seed, **params):
    params = SamplingParams(seed=seed, max_tokens=40, **params)
    return generate(same_every_time, [], params, vocabulary=["a", "b", "c"])


def test_a_stop_token_ends_the_text_and_is_not_in_it():
    out = scripted(0, 1, 2, 3, END)
    assert (out.text, out.tokens, out.finish_reason) == ("the cat sat.", (0, 1, 2, 3), "stop")
    assert len(out.logprobs) == 4
    assert scripted(END).text == ""
    assert scripted(END).tokens == ()


def test_max_tokens():
    out = scripted(0, 1, 2, 3, END, max_tokens=2)
    assert (out.text, out.tokens, out.finish_reason) == ("the cat", (0, 1), "length")
    assert scripted(0, 1, END, max_tokens=2).finish_reason == "length"
    assert scripted(0, 1, END, max_tokens=3).finish_reason == "stop"


def test_a_stop_string_inside_one_token():
    out = scripted(0, 1, 2, 3, END, stop="a")
    assert (out.text, out.tokens, out.finish_reason) == ("the c", (0, 1), "stop")
    assert len(out.logprobs) == 2


def test_a_stop_string_across_tokens():
    assert scripted(0, 1, 2, 3, END, stop="t s").text == "the ca"
    assert scripted(0, 1, 2, 3, END, stop="e cat sat").text == "th"
    assert scripted(0, 1, 2, 3, END, stop="cat. ").text == "the cat sat."


def test_a_stop_string_at_the_start_leaves_nothing():
    assert scripted(0, 1, END, stop="the").text == ""
    assert scripted(0, 1, END, stop="the").finish_reason == "stop"


def test_the_earliest_of_several_stops_wins_whatever_their_order():
    for stops in (["sat", "at", "cat"], ["cat", "sat"], ["zzz", "cat"]):
        assert scripted(0, 1, 2, 3, END, stop=stops).text == "the "
    # all are complete with the same token: the one that begins first counts
    assert scripted(0, 1, 2, 3, END, stop=["he", "t", "the"]).text == ""
    assert scripted(1, 2, 3, END, stop=["sat", " sat"]).text == "cat"


def test_a_stop_string_wins_over_length_and_over_the_next_token():
    out = scripted(0, 1, 2, stop="cat", max_tokens=2)
    assert (out.text, out.finish_reason) == ("the ", "stop")


def test_a_newline_stop():
    assert scripted(0, 1, 4, 2, END, stop="\n").text == "the cat"
    assert scripted(0, 1, 4, 2, END, stop=["\n\n"]).text == "the cat"


def test_a_character_may_be_split_over_tokens():
    vocabulary = [bytes([229, 165]), bytes([189]), "!", b"<end>"]
    whole = scripted(0, 1, 2, 3, vocabulary=vocabulary, stop_tokens=[3])
    assert (whole.text, whole.tokens) == ("好!", (0, 1, 2))
    assert scripted(0, 1, 2, 3, vocabulary=vocabulary, stop_tokens=[3], stop="好").text == ""
    cut = scripted(0, 1, vocabulary=vocabulary, stop_tokens=[3], max_tokens=1)
    assert (cut.text, cut.finish_reason) == ("�", "length")  # bytes that never became text
    assert scripted(0, 3, vocabulary=vocabulary, stop_tokens=[3]).text == "�"
    assert scripted(1, 2, 3, vocabulary=vocabulary, stop_tokens=[3]).text == "�!"


def test_text_before_a_stop_keeps_no_half_character():
    # "x", then the first bytes of 好: the text ends at "x", and the half character is dropped
    vocabulary = [b"ax\xe5\xa5", b"\xbd", b"<end>"]
    assert scripted(0, 1, 2, vocabulary=vocabulary, stop_tokens=[2], stop="x").text == "a"


def test_bytes_and_text_vocabularies_give_the_same_text():
    as_bytes = [word.encode() for word in WORDS]
    for vocabulary in (WORDS, as_bytes):
        assert scripted(0, 1, 2, END, vocabulary=vocabulary).text == "the cat sat"


def test_the_same_seed_gives_the_same_text():
    assert sampled(1) == sampled(1)
    assert sampled(1).text != sampled(2).text
    assert sampled(2**63 - 1).text == sampled(2**63 - 1).text


def test_without_a_seed_texts_differ():
    texts = {sampled(None).text for _ in range(5)}
    assert len(texts) > 1


def test_temperature_0_is_greedy():
    assert sampled(None, temperature=0).text == "a" * 40


def test_logprobs_are_the_models_own_whatever_the_request():
    out = sampled(3, temperature=0.3, logit_bias={1: 3}, top_p=0.95, presence_penalty=1)
    own = {0: math.log(0.6), 1: math.log(0.2), 2: math.log(0.2)}
    np.testing.assert_allclose(out.logprobs, [own[t] for t in out.tokens])
    assert {type(x) for x in out.logprobs} == {float}
    assert {type(t) for t in out.tokens} == {int}


def test_top_logprobs_are_the_best_of_the_model():
    out = sampled(3, logprobs=True, top_logprobs=2, temperature=2)
    assert [list(step) for step in out.top_logprobs] == [[0, 1]] * 40  # ties to the lower id
    assert out.top_logprobs[0][0] == pytest.approx(math.log(0.6))
    only = sampled(3, logprobs=True, top_logprobs=1).top_logprobs
    assert [list(step) for step in only] == [[0]] * 40
    assert sampled(3, logprobs=True).top_logprobs == ({},) * 40
    assert sampled(3).top_logprobs is None


def test_a_trace_of_every_step_the_stop_tokens_too():
    chain = Chain.for_engine("llama.cpp")
    settings = {"vocabulary": WORDS, "stop_tokens": {END}, "chain": chain}
    out = generate(script(0, 1, END), [0], **settings, trace=True)
    assert len(out.trace) == 3
    assert [stage.name for stage in out.trace[0]] == ["logits", *chain.stages]
    assert [int(step[0].logits.argmax()) for step in out.trace] == [0, 1, END]
    assert scripted(0, END).trace is None


def test_a_model_may_use_its_buffer_again():
    buffer = np.zeros(len(WORDS))

    def model(tokens):
        buffer[:] = script(0, 1, END)(tokens)
        return buffer

    out = generate(model, [0], vocabulary=WORDS, stop_tokens={END}, trace=True)
    assert [int(step[0].logits.argmax()) for step in out.trace] == [0, 1, END]


def test_the_model_sees_the_prompt_and_the_output():
    seen = []

    def model(tokens):
        seen.append(list(tokens))
        return script(0, 1, END)(tokens)

    generate(model, np.array([3]), vocabulary=WORDS, stop_tokens=[END])
    assert seen == [[3], [3, 0], [3, 0, 1]]


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        # scores (0 -.5 -1) a, (-.6 -.5 -1) b, (-.6 -1.1 -1) a, (-1.2 -1.1 -1) c, then b, a
        ("openai", "abacba"),
        # the prompt's two a's cost 1.2 at once: (-1.2 -.5 -1) b, (-1.2 -1.1 -1) c, ...
        ("llama.cpp", "bcbacb"),
    ],
)
def test_penalties_count_what_the_engine_counts(engine, text):
    params = SamplingParams(temperature=0, frequency_penalty=0.6, max_tokens=6)
    chain = Chain.for_engine(engine)
    out = generate(lambda ids: [0.0, -0.5, -1.0], [0, 0], params, vocabulary="abc", chain=chain)
    assert out.text == text


def test_a_table_of_bigrams_is_a_model():
    table = np.log(np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]) + 1e-300)
    params = SamplingParams(max_tokens=4)
    out = generate(lambda ids: table[ids[-1]], [0], params, vocabulary=["a", "b", "c"])
    assert out.text == "bcab"
    assert out.logprobs == pytest.approx((0, 0, 0, 0))


def test_float32_models():
    logits = np.zeros(3, np.float32)
    params = SamplingParams(max_tokens=2)
    out = generate(lambda ids: logits, [], params, vocabulary=["a", "b", "c"])
    assert out.logprobs[0] == pytest.approx(float(log_softmax(logits)[0]))


UNKNOWN_ID = SamplingParams(logit_bias={6: 1}, max_tokens=1)
SHAPE = r"model must return logits of shape \(6,\)"


@pytest.mark.parametrize(
    ("match", "argument", "value"),
    [
        ("max_tokens must be set", "params", SamplingParams()),
        ("max_tokens must be set", "params", None),
        ("n must be 1 here", "params", SamplingParams(n=2, max_tokens=1)),
        (rf"{SHAPE}, got \(5,\)", "model", lambda ids: np.zeros(5)),
        (rf"{SHAPE}, got \(1, 6\)", "model", lambda ids: np.zeros((1, 6))),
        ("finite or -inf, got NaN", "model", lambda ids: np.full(6, np.nan)),
        ("every token is removed", "model", lambda ids: np.full(6, -INF)),
        ("logits must be real numbers", "model", lambda ids: ["a"] * 6),
        (r"tokens must be ids in \[0, 5\], got 9", "prompt", [9]),
        ("tokens must be integer ids", "prompt", "ab"),
        ("logit_bias ids must be integers in", "params", UNKNOWN_ID),
    ],
)
def test_errors(match, argument, value):
    arguments = {
        "model": script(0, 1),
        "prompt": [0],
        "params": SamplingParams(max_tokens=3),
        argument: value,
    }
    with pytest.raises(ValueError, match=match):
        generate(**arguments, vocabulary=WORDS)


def test_an_error_of_the_chain_comes_through():
    params = SamplingParams(presence_penalty=1, max_tokens=1)
    with pytest.raises(ValueError, match="must be 0 for"):
        generate(script(0, 1), [0], params, vocabulary=WORDS, chain=Chain("transformers"))
