"""vLLM's parameters beyond OpenAI's: their checks and defaults, for Chat and for Completions.

Names, ranges and defaults are those of vLLM 0.32 (vllm/sampling_params.py and the protocol.py of
its two APIs, read on 2026-11-30), the errors OpenAI's. `ignore_eos` goes on after a token that ends
a turn. `min_tokens` bans these tokens and `stop_token_ids` until an answer has so many tokens, and
up to there no stop string ends it. `repetition_penalty` counts each token of the prompt and of the
answer once, the other two penalties those of the answer.

Different from vLLM: a token that ends an answer is not among its logprobs, as at OpenAI.
`bytes` are a token's own where its name is its id. At temperature 0, n may be more than 1.
"""

from dataclasses import dataclass

from samplers.local.request.checks import array, boolean, decimal, integer, parameter
from samplers.local.request.errors import bad_request, short
from samplers.wire.logprobs import MAX_TOP_LOGPROBS

NAME = "vllm"
OFF_TOP_K = -1  # means 0, too
MOST_STOP_TOKENS = 128  # our own limit
WIDEST = 1e30


def _penalty(name: str, value) -> float:
    """A finite number > 0. Beyond WIDEST, where float32 ends, it does no more."""
    number = decimal()(name, value)
    if number <= 0:
        message = f"Invalid '{name}': expected a value greater than 0, but got {number:g} instead."
        raise bad_request(message, name, "decimal_below_min_value")
    return min(max(number, 1 / WIDEST), WIDEST)


# As chat.FIELDS: (check, what an absent or null one means).
FIELDS = {
    "top_k": (integer(OFF_TOP_K), 0),
    "min_p": (parameter("min_p"), 0.0),
    "repetition_penalty": (_penalty, 1.0),
    "ignore_eos": (boolean, False),
    "min_tokens": (integer(0), 0),
    "stop_token_ids": (array(integer(0), 0, MOST_STOP_TOKENS), ()),
    "prompt_logprobs": (integer(-1), None),
    "return_tokens_as_token_ids": (boolean, False),
}


@dataclass(frozen=True)
class Extensions:
    """What a request asks for by vLLM's names; the defaults ask for nothing.

    `top_k` is a field of the ChatRequest itself. `prompt_logprobs`: how many of the most probable
    tokens are listed at each place of the prompt; None: no such list is asked for.
    """

    min_p: float = 0.0
    repetition_penalty: float = 1.0
    ignore_eos: bool = False
    min_tokens: int = 0
    stop_token_ids: frozenset[int] = frozenset()
    prompt_logprobs: int | None = None
    return_tokens_as_token_ids: bool = False


NO_EXTENSIONS = Extensions()


def request_fields(values: dict, size: int) -> dict:
    """The fields of a ChatRequest for a request's checked `values`: "top_k" and "extensions".

    It takes FIELDS out of `values`; {} where an endpoint does not have them. `size` is the
    vocabulary's. ApiError (400) for what does not fit together.
    """
    own = {name: values.pop(name) for name in FIELDS if name in values}
    if not own:
        return {}
    top_k = own.pop("top_k")
    extensions = _extensions(own, size, values["stream"])
    return {"top_k": top_k if 0 < top_k < size else 0, "extensions": extensions}


def _extensions(values: dict, size: int, stream: bool) -> Extensions:
    outside = next((token for token in values["stop_token_ids"] if token >= size), None)
    if outside is not None:
        name = "stop_token_ids"
        message = (
            f"Invalid '{name}': token {short(outside)} does not exist. The last is {size - 1}."
        )
        raise bad_request(message, name, "invalid_value")
    _check_prompt_logprobs(values["prompt_logprobs"], size, stream)

    return Extensions(**values | {"stop_token_ids": frozenset(values["stop_token_ids"])})


def _check_prompt_logprobs(count: int | None, size: int, stream: bool) -> None:
    """At most as many as vLLM lists unless it is told otherwise; -1 asks for all."""
    name = "prompt_logprobs"
    if count and stream:
        message = f"'{name}' is not available when 'stream' is enabled."
        raise bad_request(message, name, "invalid_parameter_combination")
    wanted = size if count == -1 else count
    if wanted is not None and wanted > MAX_TOP_LOGPROBS:
        message = f"Invalid value for '{name}': must be less than or equal to {MAX_TOP_LOGPROBS}."
        raise bad_request(message, name)


def check_length(asked: Extensions, limit: int) -> None:
    """ApiError (400) if an answer of at most `limit` tokens cannot have min_tokens."""
    if asked.min_tokens > limit:
        message = (
            f"Invalid 'min_tokens': an answer to this request has at most {limit} tokens, and "
            f"{asked.min_tokens} were asked for. Please reduce it or raise 'max_tokens'."
        )
        raise bad_request(message, "min_tokens", "integer_above_max_value")


def check_free(asked: Extensions) -> None:
    """ApiError (400) for what would end or lengthen an answer that a grammar holds."""
    for name in ("ignore_eos", "min_tokens", "stop_token_ids"):
        if getattr(asked, name):
            message = (
                f"'{name}' is not supported together with 'tools' or a 'response_format' of JSON "
                "by this endpoint."
            )
            raise bad_request(message, name, "unsupported_parameter")
