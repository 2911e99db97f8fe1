"""A request that leaves nothing to an endpoint's hidden defaults."""

from samplers.api import APIError, Client
from samplers.api.next_token import top_distribution
from samplers.params import SamplingParams

# Off, as vLLM and llama.cpp take it; SGLang wants top_k = -1. OpenAI has none of these and refuses
# them.
EXTENSIONS = ({"top_k": 0}, {"top_k": -1}, {"min_p": 0.0}, {"repetition_penalty": 1.0})


def extensions(client: Client, messages) -> dict:
    """Which sampling parameters beyond OpenAI's this endpoint takes, each with the value that turns
    it off.

    llama.cpp has min_p = 0.05 unless a request says otherwise, and vLLM takes defaults from the
    model's files; OpenAI answers 400 to a field that it does not know. So the endpoint is asked:
    one request of one token, and where that is refused, one for each field. An endpoint that
    ignores what it does not know loses nothing.
    """

    def takes(fields: dict) -> bool:
        try:
            client.chat(messages, max_tokens=1, temperature=1, **fields)
        except APIError as error:
            if error.status not in (400, 422):
                raise
            return False
        return True

    together = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
    if takes(together):
        return together
    return {
        name: value
        for fields in reversed(EXTENSIONS)
        if takes(fields)
        for name, value in fields.items()
    }


def fields(params: SamplingParams, extra: dict) -> dict:
    """The wire's fields for `params`: OpenAI's sampling parameters always, the extensions that the
    endpoint takes.

    Raises ValueError for params whose extension the endpoint does not take, and for a seed: with
    one seed every request may draw the same token, and such draws are not independent.
    """
    if params.seed is not None:
        raise ValueError(
            f"seed must be None: draws with one seed are not independent, got {params.seed}"
        )
    wire = {
        name: getattr(params, name)
        for name in ("temperature", "top_p", "frequency_penalty", "presence_penalty")
    }
    for name, off in (("top_k", 0), ("min_p", 0.0), ("repetition_penalty", 1.0)):
        value = getattr(params, name)
        if value != off and name not in extra:
            raise ValueError(
                f"{name} must be {off:g} here: the endpoint does not take it, got {value!r}"
            )
        if name in extra:
            wire[name] = value if value != off else extra[name]
    if params.logit_bias:
        wire["logit_bias"] = {str(token): bias for token, bias in params.logit_bias.items()}
    if params.stop:
        wire["stop"] = list(params.stop)
    return wire


def shown(
    client: Client, messages, params: SamplingParams, extra: dict, top: int = 20
) -> list[tuple]:
    """One answer's tokens with the logprobs that the endpoint shows beside each: [(bytes,
    Distribution of `top`), …].

    `params.max_tokens` tokens (None: 1). At temperature 1 with nothing truncated or penalised that
    distribution is the model's own, whatever the endpoint means by its logprobs.
    """
    wire = fields(params, extra) | {
        "max_tokens": params.max_tokens or 1,
        "logprobs": True,
        "top_logprobs": top,
    }
    answer = client.chat(messages, **wire)
    content = (answer.raw["choices"][0].get("logprobs") or {}).get("content") or [{}]
    if not content[0].get("top_logprobs"):
        raise APIError(
            200, "the endpoint shows no top_logprobs, and without them nothing can be predicted."
        )
    return [
        (token.bytes, top_distribution(entry["top_logprobs"]))
        for token, entry in zip(answer.logprobs, content, strict=True)
    ]
