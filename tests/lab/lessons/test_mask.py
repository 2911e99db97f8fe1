"""What a schema takes away: by hand, and on the real model from its whole distribution."""

import io
import json
import math

import numpy as np
import pytest
from PIL import Image

from samplers.api import Completion, start_local
from samplers.lab.lessons.mask import token_mask
from samplers.lab.plots.mask import plot_mask

HANDMADE = (  # (chosen, the model's p, after the mask q): the tokens that q lacks are forbidden
    ("{", {"Sure": 0.7, "{": 0.2, "x": 0.1}, {"{": 1.0}),
    ("好", {"好": 0.5, "不错": 0.25, "很": 0.25}, {"好": 2 / 3, "不错": 1 / 3}),
    ("}", {"}": 0.9, ",": 0.1}, {"}": 0.9, ",": 0.1}),
)


def completion(steps) -> Completion:
    """A completion of steps (chosen token, {token: probability})."""
    content = []
    for chosen, probs in steps:
        top = {
            token: {"token": token, "logprob": math.log(p), "bytes": list(token.encode())}
            for token, p in probs.items()
        }
        content.append(top[chosen] | {"top_logprobs": list(top.values())})
    message = {"role": "assistant", "content": "".join(chosen for chosen, _ in steps)}
    choice = {"message": message, "logprobs": {"content": content}}
    return Completion.from_wire({"choices": [choice]})


def handmade(n: int = len(HANDMADE)) -> tuple[Completion, Completion]:
    """The first `n` steps: without the mask, and after it."""
    raw = completion([(token, p) for token, p, _ in HANDMADE[:n]])
    processed = completion([(token, q) for token, _, q in HANDMADE[:n]])
    return raw, processed


def test_the_mass_taken_is_that_of_the_forbidden_tokens():
    steps = token_mask(*handmade())
    np.testing.assert_allclose([step.taken for step in steps], [0.8, 0.25, 0], atol=1e-12)
    forbidden = [[entry.token for entry in step.forbidden] for step in steps]
    assert forbidden == [["Sure", "x"], ["很"], []]
    assert [step.refused for step in steps] == [True, False, False]
    assert [step.wanted.token for step in steps] == ["Sure", "好", "}"]
    np.testing.assert_allclose([step.wanted_p for step in steps], [0.7, 0.5, 0.9], atol=1e-9)


def test_a_token_whose_mask_is_not_reported_is_nan():
    raw, processed = handmade(2)
    body = processed.raw
    body["choices"][0]["logprobs"]["content"][1] |= {"logprob": -9999.0, "top_logprobs": []}
    step = token_mask(raw, Completion.from_wire(body))[1]
    assert step.p == 0.5
    assert math.isnan(step.q)
    assert math.isnan(step.taken)
    assert not step.forbidden
    assert "not told" in plot_mask([step]).alt


def test_wrong_pairs_are_refused():
    raw, processed = handmade()
    with pytest.raises(ValueError, match="same answer"):
        token_mask(raw, handmade(2)[1])
    with pytest.raises(ValueError, match="raw must have logprobs"):
        token_mask(Completion.from_wire({"choices": [{"message": {"content": "{"}}]}), processed)
    hot = completion([("好", {"好": 0.58, "不错": 0.42})])  # at temperature 2: no one quotient
    with pytest.raises(ValueError, match="temperature 1 and top_p 1: at token 0"):
        token_mask(completion([HANDMADE[1][:2]]), hot)


def test_the_picture_shows_the_steps():
    picture = plot_mask(token_mask(*handmade()), title="Three tokens")
    assert picture.data["tokens"] == ("{", "好", "}")
    assert picture.data["wanted"] == ("Sure", "好", "}")
    np.testing.assert_allclose(picture.data["taken"], [0.8, 0.25, 0], atol=1e-12)
    assert list(picture.data["refused"]) == [True, False, False]
    assert picture.alt.startswith("Three tokens. 3 tokens")
    assert "{ (wanted Sure 0.70, forbidden; taken away 0.800)" in picture.alt
    with Image.open(io.BytesIO(picture.png)) as image:
        assert image.width == 2 * picture.width
    with pytest.raises(ValueError, match="steps must hold"):
        plot_mask([])


def test_the_real_mask_is_the_models_distribution_on_the_allowed_tokens(client):
    """At a word's first token: p of all tokens, and the allowed ones from the three texts."""
    words = ["glad", "calm", "sad"]
    prompt = "How does Mia feel? She smiles."
    schema = {
        "type": "object",
        "properties": {"m": {"type": "string", "enum": words}},
        "required": ["m"],
        "additionalProperties": False,
    }
    params = {"temperature": 1, "seed": 1, "max_tokens": 12, "logprobs": True, "top_logprobs": 20}
    params["response_format"] = {
        "type": "json_schema",
        "json_schema": {"name": "m", "strict": True, "schema": schema},
    }
    raw = client.chat(prompt, **params)
    with start_local(logprobs_mode="processed") as processed_client:
        processed = processed_client.chat(prompt, **params)
    steps = token_mask(raw, processed)
    written = [b"".join(step.bytes for step in steps[:k]) for k in range(len(steps))]
    k = written.index(b'{"m":"')

    so_far = [id for step in steps[:k] for id in client.tokenize(step.token).ids]
    full = client.next_token(prompt, top="all", after=so_far)
    ids = {token: i for i, token in enumerate(full.bytes)}
    assert so_far == [ids[step.bytes] for step in steps[:k]]
    texts = [json.dumps({"m": word}, separators=(",", ":")).encode() for word in words]
    allowed = [
        i
        for i, token in enumerate(full.bytes)
        if token and any(text.startswith(written[k] + token) for text in texts)
    ]
    z = full.probs[allowed].sum()
    assert 1e-6 < z < 0.5
    assert steps[k].taken == pytest.approx(1 - z, abs=1e-3)

    q_of = {ids[entry.bytes]: math.exp(entry.logprob) for entry in processed.logprobs[k].top}
    assert {i for i, q in q_of.items() if q > 1e-4} <= set(allowed)
    for i in allowed:
        assert q_of.get(i, 0) == pytest.approx(full.probs[i] / z, rel=0.02, abs=1e-4)
    likeliest = {ids[entry.bytes] for entry in raw.logprobs[k].top}
    assert {ids[entry.bytes] for entry in steps[k].forbidden} == likeliest - set(allowed)
