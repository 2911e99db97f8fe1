"""POST /v1/completions by OpenAI's own SDK, and in the form that lm-eval sends."""

import openai
import pytest
from completion_door import NORWAY, CompletionDoor
from openai.types import Completion


@pytest.fixture(scope="module")
def endpoint(full):
    return full


@pytest.fixture(scope="module")
def door(exact):
    return CompletionDoor(exact)


@pytest.fixture(scope="module")
def sdk(exact):
    options = {"max_retries": 0, "timeout": 120, "_strict_response_validation": True}
    with openai.OpenAI(base_url=exact.base_url, api_key=exact.key, **options) as client:
        yield client


def test_create(sdk, exact):
    answer = sdk.completions.create(
        model=exact.model, prompt=[NORWAY, "1, 2, 3,"], max_tokens=4, n=2, logprobs=2, seed=1
    )
    assert [choice.index for choice in answer.choices] == [0, 1, 2, 3]
    for choice in answer.choices:
        assert len(choice.logprobs.tokens) == 4
        assert "".join(choice.logprobs.tokens) == choice.text
    assert answer.usage.completion_tokens == 16


def test_an_echo_without_logprobs_and_the_best_of_three(sdk, exact):
    answer = sdk.completions.create(
        model=exact.model, prompt=NORWAY, max_tokens=3, echo=True, best_of=3, stop="\n\n"
    )
    assert answer.choices[0].text.startswith(NORWAY)


def test_stream(exact):
    """A chunk's finish_reason is null until the last one, as OpenAI sends it.

    The SDK's type of a choice does not allow that, so strictness would refuse every stream. What
    else is in the chunks is checked strictly here.
    """
    with openai.OpenAI(base_url=exact.base_url, api_key=exact.key, max_retries=0) as client:
        stream = client.completions.create(
            model=exact.model,
            prompt=NORWAY,
            max_tokens=4,
            temperature=0,
            stream=True,
            logprobs=1,
            stream_options={"include_usage": True},
        )
        chunks = [chunk.to_dict() for chunk in stream]
    reasons = [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"]]
    assert reasons == [None] * (len(reasons) - 1) + ["length"]
    for chunk in chunks:
        for choice in chunk["choices"]:
            choice["finish_reason"] = "length"
        Completion.model_validate(chunk, strict=True)
    assert chunks[-1]["usage"]["completion_tokens"] == 4


def test_errors(sdk, exact):
    with pytest.raises(openai.BadRequestError) as caught:
        sdk.completions.create(model=exact.model, prompt="a", suffix="b")
    assert (caught.value.param, caught.value.code) == ("suffix", "unsupported_parameter")
    with pytest.raises(openai.NotFoundError):
        sdk.completions.create(model=f"{exact.model}-reasoning", prompt="a")


def test_the_form_of_lm_eval(door):
    """lm-eval 0.4.13, local-completions: ids in a list, whatever the batch's size.

    It takes `[ctxlen:-1]` of the arrays, and a continuation is greedy if every logprob is equal to
    the greatest one at its place, as floats.
    """
    contexts = [door.ids("The capital of Norway is"), door.ids("2 + 2 ="), [0]]
    continuations = [door.ids(" Oslo"), door.ids(" 4"), door.ids("The")]
    prompts = [a + b for a, b in zip(contexts, continuations, strict=True)]
    form = {"temperature": 0, "max_tokens": 1, "logprobs": 1, "seed": 1234, "echo": True}
    for batch in (prompts[:1], prompts):
        choices = door.complete(batch, **form)["choices"]
        assert [choice["index"] for choice in choices] == list(range(len(batch)))
        for ids, context, choice in zip(batch, contexts, choices, strict=False):
            arrays = choice["logprobs"]
            begin = len(context)
            assert len(arrays["tokens"]) == len(ids) + 1
            logprobs = arrays["token_logprobs"][begin:-1]
            assert logprobs == pytest.approx(door.score(ids)[begin:], abs=1e-6)
            greatest = [max(top.values()) for top in arrays["top_logprobs"][begin:]]
            ends = door.choice([context], temperature=0, max_tokens=len(ids) - begin, logprobs=1)
            is_greedy = logprobs == greatest[:-1]
            assert is_greedy == (ends["logprobs"]["tokens"] == arrays["tokens"][begin:-1])
            assert arrays["token_logprobs"][-1] == greatest[-1]
    assert door.choice(prompts[:1], **form)["logprobs"]["top_logprobs"][0] is None


def test_what_lm_eval_asks_for_when_it_generates(door):
    """`until` comes as `stop`, with the end token's name."""
    stop = ["\n", "<|im_end|>"]
    body = door.complete([door.ids(NORWAY)], max_tokens=20, temperature=0, stop=stop, seed=1234)
    assert body["choices"][0]["text"] == "."
    assert body["choices"][0]["finish_reason"] == "stop"
