"""What the model cannot do, by its kind: checked last, after the request and what it goes on from.

The order is OpenAI's where it is known: temperature first, then include's logprobs, then
top_logprobs (2026-08-30, gpt-5.6-terra, third-party). As there, a default is no request: there
temperature 1 passes, and its top_p of 1 does not, because its default is 0.98. Ours is 1.
"""

from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.fields import ENCRYPTED, LOGPROBS
from samplers.local.dialects.responses.request.tools import refuse_others
from samplers.local.request.errors import ApiError, bad_request, listed, unsupported
from samplers.local.request.reasoning import MOST_TOP_LOGPROBS

EFFORTS = ("none", "low", "medium", "high", "xhigh", "max")  # of the simulated reasoning model
WHILE_REASONING = {"temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0}
NOTHING = (
    "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided."
)


def check_abilities(asked: ResponseRequest) -> None:
    """ApiError (400) for the first thing that the model cannot do, or if nothing is asked."""
    if not asked.items and asked.previous is None:
        raise nothing_asked()
    if asked.model.reasoning:
        _check_reasoning(asked)
    else:
        _check_plain(asked)
    if asked.given.get("reasoning", {}).get("mode") == "pro":
        raise _unsupported_value(asked, "reasoning.mode", "pro", ("standard",))
    refuse_others(asked.given.get("tools", []), asked.model.id)


def nothing_asked() -> ApiError:
    """The error for an input in which there is nothing for the model to read."""
    return bad_request(NOTHING, None, "missing_required_parameter")


def _check_reasoning(asked: ResponseRequest) -> None:
    given = asked.given
    if asked.effort != "none":
        for name, default in WHILE_REASONING.items():
            if given.get(name, default) != default:
                message = f"Unsupported parameter: '{name}' is not supported with this model."
                raise bad_request(message, name)  # without a code, unlike Chat
        if LOGPROBS in asked.include:
            raise _no_logprobs("include")
        if given.get("top_logprobs"):
            raise _no_logprobs("top_logprobs")
    elif given.get("top_logprobs", 0) > MOST_TOP_LOGPROBS:
        message = "Invalid value for 'top_logprobs': must be less than or equal to "
        raise bad_request(f"{message}{MOST_TOP_LOGPROBS}.", "top_logprobs")

    if asked.effort not in EFFORTS:
        raise _unsupported_value(asked, "reasoning.effort", asked.effort, EFFORTS)
    if given.get("prompt_cache_retention") == "in_memory":
        message = "This model is compatible only with 24h extended prompt caching"
        raise bad_request(message, "prompt_cache_retention", "invalid_parameter")


def _check_plain(asked: ResponseRequest) -> None:
    """As OpenAI's models that do not reason refuse it (2026-06 to 2026-10, third-party)."""
    for name in ("effort", "summary"):
        if name in asked.given.get("reasoning", {}):
            raise unsupported(f"reasoning.{name}")
    if ENCRYPTED in asked.include:
        raise bad_request("Encrypted content is not supported with this model.", "include")


def _no_logprobs(param: str) -> ApiError:
    message = "logprobs are not supported with reasoning models."
    return bad_request(message, param, "unsupported_parameter")


def _unsupported_value(asked: ResponseRequest, param: str, value: str, supported) -> ApiError:
    message = (
        f"Unsupported value: '{value}' is not supported with the '{asked.model.id}' model. "
        f"Supported values are: {listed(supported, 'and')}."
    )
    return bad_request(message, param, "unsupported_value")
