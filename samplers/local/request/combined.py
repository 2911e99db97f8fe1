"""What fields of a chat request mean together, and what the endpoint's own headers mean.

Each function raises ApiError (400) for what does not fit together.
"""

import json

from samplers.local.request.checks import array, integer
from samplers.local.request.errors import bad_request

# The endpoint's own headers, for lessons. Logprobs of the whole vocabulary with token ids: "true";
# the next token's logits as one array: COMPACT. And the token ids that the answer begins with.
FULL_LOGPROBS = "x-samplers-full-logprobs"
CONTINUE = "x-samplers-continue"
COMPACT = "compact"


def top_logprobs(logprobs: bool, top: int | None, most: int) -> int | None:
    """How many logprobs each token gets; None if the request asks for no logprobs."""
    if top is not None and top > most:
        message = f"Invalid value for 'top_logprobs': must be less than or equal to {most}."
        raise bad_request(message, "top_logprobs")
    if top is not None and not logprobs:
        message = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."
        raise bad_request(message, "top_logprobs")
    return (top or 0) if logprobs else None


def stream_options(stream: bool, options: dict | None) -> dict:
    """The options of a stream, {} if there are none."""
    if options is not None and not stream:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise bad_request(message, "stream_options")
    return options or {}


def token_limit(limit: int | None, older: int | None) -> int | None:
    """The limit by its newer name, max_completion_tokens, or its older one, max_tokens."""
    if limit is not None and older is not None:
        message = (
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        )
        raise bad_request(message, "max_tokens", "invalid_parameter_combination")
    return older if limit is None else limit


def biases_by_id(bias: dict[str, float], size: int) -> dict[int, float]:
    """`logit_bias` with its keys as integers: JSON's keys are strings."""
    name = "logit_bias"
    ids = {}

    for key, value in bias.items():
        begin = f"Invalid key in '{name}': {key[:40]}."
        if not (key.isascii() and key.isdecimal()):
            message = f"{begin} You should only be submitting non-negative integers."
            raise bad_request(message, name, "invalid_value")
        if len(key) > 9 or int(key) >= size:
            message = f"{begin} Maximum value is {size - 1}."
            raise bad_request(message, name, "invalid_value")
        ids[int(key)] = value

    return ids


def continued_ids(header: str | None, size: int) -> tuple[int, ...]:
    """The token ids that the answer begins with, from the header CONTINUE."""
    if header is None:
        return ()
    try:
        ids = json.loads(header)
    except (ValueError, RecursionError):
        message = f"Invalid '{CONTINUE}': expected a JSON array of token ids."
        raise bad_request(message, CONTINUE, "invalid_value") from None
    return tuple(array(integer(0, size - 1), 0)(CONTINUE, ids))


def check_compact(values: dict, has_tools: bool) -> None:
    """ApiError unless a request for COMPACT is for one token, with logprobs.

    `values` are those of chat.FIELDS.
    """
    needed = {
        "logprobs": values["top_logprobs"] is not None,
        "max_completion_tokens": values["max_tokens"] == 1,
        "n": values["n"] == 1,
        "stream": not values["stream"],
        "tools": not has_tools,
    }
    for name, is_right in needed.items():
        if not is_right:
            message = (
                f"'{FULL_LOGPROBS}: {COMPACT}' is for one token of one answer: it takes 'logprobs' "
                "true, 'max_completion_tokens' 1, 'n' 1, and neither 'stream' nor 'tools'."
            )
            raise bad_request(message, name, "invalid_parameter_combination")
