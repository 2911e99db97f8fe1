"""The body of POST /v1/completions, checked."""

from dataclasses import dataclass, replace

from samplers.local.dialects.completions.prompts import prompts
from samplers.local.request.chat import FIELDS, PLAIN, ChatRequest, Rules, checked_fields
from samplers.local.request.checks import boolean, integer
from samplers.local.request.combined import biases_by_id, stream_options
from samplers.local.request.errors import bad_request, wrong_body
from samplers.local.request.extensions import vllm

MOST_CHOICES = 128  # of a request, over all prompts
MOST_LOGPROBS = 5
DEFAULT_TOKENS = 16
SHARED = (  # the fields that a chat has, too
    "model",
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "seed",
    "stop",
    "n",
    "stream",
    "stream_options",
)
RULES = Rules(
    {name: FIELDS[name] for name in SHARED}
    | {
        "max_tokens": (integer(0), DEFAULT_TOKENS),
        "best_of": (integer(0, 20), None),
        "echo": (boolean, False),
        "logprobs": (integer(0, MOST_LOGPROBS), None),
        "prompt": (prompts, ("",)),
    },
    {"user": PLAIN.without_effect["user"]},
    {"suffix"},
    MOST_LOGPROBS,
    content="prompt",
    of_tools=frozenset(),
)
EXTENDED = replace(RULES, fields=RULES.fields | vllm.FIELDS)


@dataclass(frozen=True)
class CompletionRequest:
    """What a completion request asks for.

    Each of the `prompts` is a text or token ids, and gets `n` choices. `logprobs` is how many top
    tokens are listed at each place; None: no logprobs are asked for. `sampling` is how all choices
    are drawn: a chat request without messages. Its `n` is how many are drawn of each prompt, of
    which the best are shown.
    """

    prompts: tuple[str | list[int], ...]
    n: int
    echo: bool
    logprobs: int | None
    sampling: ChatRequest

    @property
    def choices(self) -> int:
        """How many choices are drawn, for all prompts."""
        return len(self.prompts) * self.sampling.n


def parse(body, vocabulary_size: int, extended: bool = False) -> CompletionRequest:
    """A request's JSON -> CompletionRequest. ApiError (400) for the first wrong thing.

    `extended`: vLLM's parameters are taken, too.
    """
    if not isinstance(body, dict):
        raise wrong_body(body)
    values = checked_fields(body, EXTENDED if extended else RULES)
    prompts = values.pop("prompt")
    echo = values.pop("echo")
    logprobs = values.pop("logprobs")
    options = stream_options(values["stream"], values.pop("stream_options"))
    n = values.pop("n")
    drawn = _drawn(n, values.pop("best_of"), values["stream"])
    _check_choices(len(prompts), drawn)
    if values["max_tokens"] == 0 and not echo:
        message = (
            "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 "
            "instead. (0 is allowed with 'echo'.)"
        )
        raise bad_request(message, "max_tokens", "integer_below_min_value")

    values["logit_bias"] = biases_by_id(values["logit_bias"], vocabulary_size)
    values |= vllm.request_fields(values, vocabulary_size)
    sampling = ChatRequest(
        messages=[],
        n=drawn,
        # the best are found by their tokens' logprobs
        top_logprobs=0 if logprobs is None and drawn > n else logprobs,
        include_usage=options.get("include_usage", False),
        include_obfuscation=options.get("include_obfuscation", False),
        response_format=None,
        **values,
    )
    return CompletionRequest(tuple(prompts), n, echo, logprobs, sampling)


def _drawn(n: int, best_of: int | None, stream: bool) -> int:
    """How many choices are drawn of each prompt."""
    if best_of is None:
        return n
    if best_of < n:
        message = (
            "You requested that the server return more choices than it will generate (HINT: you "
            f"must set 'n' (currently {n}) to be at most 'best_of' (currently {best_of}), or omit "
            "either parameter if you don't specifically want to use them.)"
        )
        raise bad_request(message, "best_of", "invalid_value")
    if best_of > n and stream:
        message = "The 'best_of' parameter is not supported when 'stream' is enabled."
        raise bad_request(message, "best_of", "invalid_parameter_combination")
    return best_of


def _check_choices(prompts: int, drawn: int) -> None:
    if prompts * drawn > MOST_CHOICES:
        message = (
            f"This endpoint gives at most {MOST_CHOICES} choices to one request. You requested "
            f"{prompts * drawn}: {drawn} ('n', or 'best_of') for each of {prompts} prompts. Please "
            "reduce them."
        )
        raise bad_request(message, "prompt" if drawn == 1 else "n", "invalid_value")
