"""A request that leaves nothing to an endpoint's hidden defaults."""

import dataclasses

from samplers.api import APIError, Client
from samplers.api.next_token import top_distribution
from samplers.checks import shown
from samplers.distribution import Distribution
from samplers.params import RANGES, SamplingParams

ALWAYS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
_OPENAI = {*ALWAYS, "logit_bias", "seed", "max_tokens", "stop", "logprobs", "top_logprobs", "n"}
# {parameter beyond OpenAI's: the value that turns it off}, which is its default
_OFF = {f.name: f.default for f in dataclasses.fields(SamplingParams) if f.name not in _OPENAI}
# What to try one by one, where an endpoint does not take all of _OFF. SGLang asks for top_k = -1;
# vLLM and llama.cpp take 0. An endpoint that takes both gets the later one.
EXTENSIONS = ({"top_k": -1}, *({name: off} for name, off in _OFF.items()))
_, _, MOST_SHOWN = RANGES["top_logprobs"]


def check_client(client) -> None:
    """ValueError for what cannot be asked as a Client can."""
    if not callable(getattr(client, "chat", None)):
        raise ValueError(f"client must be a Client, as connect() returns, got {shown(client)}")


def extensions(client: Client, messages) -> dict:
    """The sampling parameters beyond OpenAI's that this endpoint takes, each with its off value.

    Unless a request says otherwise, llama.cpp uses min_p = 0.05 and vLLM uses defaults from the
    model's files, while OpenAI answers 400 to a field that it does not know. Of an engine that is
    known this is known, too (`client.abilities`). Another endpoint is asked: one request of one
    token with all fields, and if that is refused, one for each field. An endpoint that ignores
    fields that it does not know loses nothing.
    """
    known = client.abilities.extensions
    if known is not None:
        return {name: off for name, off in _OFF.items() if name in known}
    if _takes(client, messages, _OFF):
        return dict(_OFF)

    taken = {}
    for extension in EXTENSIONS:
        if _takes(client, messages, extension):
            taken |= extension
    return taken


def _takes(client: Client, messages, extension: dict) -> bool:
    """Does the endpoint answer a request with these fields? Raises errors of any other kind."""
    try:
        client.chat(messages, max_tokens=1, temperature=1, **extension)
    except APIError as error:
        if error.status not in (400, 422):
            raise
        return False
    return True


def fields(params: SamplingParams, extra: dict) -> dict:
    """The wire's fields for `params`: OpenAI's sampling parameters, and what the endpoint takes.

    `extra` is what `extensions` returned. Raises ValueError for a parameter beyond OpenAI's that
    the endpoint does not take, and for a seed: with one seed every request may draw the same token,
    and such draws are not independent.
    """
    if params.seed is not None:
        raise ValueError(
            f"seed must be None: draws with one seed are not independent, got {params.seed}"
        )

    wire = {name: getattr(params, name) for name in ALWAYS}
    for name, off in _OFF.items():
        value = getattr(params, name)
        if value != off and name not in extra:
            raise ValueError(
                f"{name} must be {off:g} here: the endpoint does not take it, got {value!r}"
            )
        if name in extra:
            wire[name] = extra[name] if value == off else value
    if params.logit_bias:
        wire["logit_bias"] = {str(token): bias for token, bias in params.logit_bias.items()}
    if params.stop:
        wire["stop"] = list(params.stop)
    return wire


def shown_distributions(
    client: Client, messages, params: SamplingParams, extra: dict
) -> list[tuple[bytes, Distribution]]:
    """The tokens of one answer, each with the distribution that the endpoint shows beside it.

    The answer has `params.max_tokens` tokens (None: 1). At temperature 1 with nothing truncated or
    penalised that distribution is the model's own, whatever the endpoint means by its logprobs.
    Where the drawn token may have displaced another one (vLLM), it is left out: no list has a hole.
    """
    length = params.max_tokens or 1
    answer_fields = {"max_tokens": length, "logprobs": True, "top_logprobs": MOST_SHOWN}
    completion = client.chat(messages, **fields(params, extra), **answer_fields)
    if not completion.logprobs or not completion.logprobs[0].top:
        raise APIError(
            200, "the endpoint shows no top_logprobs, and without them nothing can be predicted."
        )

    content = completion.raw["choices"][0]["logprobs"]["content"]
    return [
        (token.bytes, top_distribution(place))
        for token, place in zip(completion.logprobs, content, strict=True)
    ]
