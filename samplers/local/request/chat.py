"""A chat request: OpenAI's fields with their checks and defaults, and what they ask for.

The ranges of the sampling parameters are those of `samplers.params.RANGES`.
"""

from dataclasses import dataclass, replace

from samplers.local.engine.images.reader import ImageText
from samplers.local.request import reasoning
from samplers.local.request.checks import (
    Check,
    array,
    boolean,
    decimal,
    integer,
    mapping,
    one_of,
    only_fields,
    parameter,
    string,
)
from samplers.local.request.combined import (
    COMPACT,
    CONTINUE,
    FULL_LOGPROBS,
    biases_by_id,
    check_compact,
    continued_ids,
    stream_options,
    token_limit,
    top_logprobs,
)
from samplers.local.request.errors import (
    bad_request,
    missing,
    unknown,
    unsupported,
    wrong_body,
    wrong_type,
)
from samplers.local.request.extensions import vllm
from samplers.local.request.extensions.vllm import NO_EXTENSIONS, Extensions
from samplers.local.request.messages import messages
from samplers.local.request.response_format import Format, check_mentions_json, response_format
from samplers.local.request.tools import Tools, tools
from samplers.params import LOGIT_BIAS_RANGE, MAX_STOPS
from samplers.wire.logprobs import MAX_TOP_LOGPROBS


def _stop(name: str, value) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    elif not isinstance(value, list):
        raise wrong_type(name, "one of a string or array of strings", value)
    stops = tuple(array(string(), 1, MAX_STOPS)(name, value))
    if "" in stops:
        message = f"Invalid '{name}': empty string. Expected a string with minimum length 1."
        raise bad_request(message, name, "empty_string")
    return stops


def _stream_options(name: str, value) -> dict[str, bool]:
    options = only_fields(name, value, "include_usage", "include_obfuscation")
    given = {key: option for key, option in options.items() if option is not None}
    return mapping(boolean)(name, given)


# field: (check, what an absent or null one means). MISSING: the field is required.
MISSING = object()
FIELDS = {
    "model": (string(), MISSING),
    "messages": (messages, MISSING),
    "temperature": (parameter("temperature"), 1.0),
    "top_p": (parameter("top_p"), 1.0),
    "frequency_penalty": (parameter("frequency_penalty"), 0.0),
    "presence_penalty": (parameter("presence_penalty"), 0.0),
    "logit_bias": (mapping(decimal(*LOGIT_BIAS_RANGE)), {}),
    "seed": (parameter("seed"), None),
    "stop": (_stop, ()),
    "max_tokens": (parameter("max_tokens"), None),
    "max_completion_tokens": (parameter("max_tokens"), None),
    "n": (parameter("n"), 1),
    "logprobs": (boolean, False),
    "top_logprobs": (integer(0), None),  # at most 20, or with our header the whole vocabulary
    "stream": (boolean, False),
    "stream_options": (_stream_options, None),
    "response_format": (response_format, None),
}
# Accepted as OpenAI accepts them; they change nothing here, and no answer repeats them. `store`
# keeps nothing: only what POST /v1/responses answers can be read again.
WITHOUT_EFFECT = {
    "metadata": mapping(string(512), 16, 64),
    "modalities": array(one_of("text"), 1),
    "prompt_cache_key": string(),
    "prompt_cache_retention": one_of("in_memory", "in-memory", "24h"),
    "safety_identifier": string(64),
    "service_tier": one_of("auto", "default", "fast", "flex", "priority"),
    "store": boolean,
    "user": string(),
    "verbosity": one_of("low", "medium", "high"),
}
# OpenAI's fields that this endpoint does not have.
UNSUPPORTED = {
    "audio",
    "moderation",
    "prediction",
    "prompt_cache_options",
    "reasoning_effort",
    "web_search_options",
}
TOOL_FIELDS = {"tools", "tool_choice", "parallel_tool_calls"}  # checked together, by tools.py
DEPRECATED = {"functions": "tools", "function_call": "tool_choice"}  # with what replaced them


@dataclass(frozen=True)
class Rules:
    """Which fields a model takes, in the tables' form; others are unknown.

    `content` is the field that must be there beside the model's name. `of_tools` are those of
    function calls.
    """

    fields: dict[str, tuple[Check, object]]
    without_effect: dict[str, Check]
    unsupported: set[str]
    top_logprobs: int  # the most
    checked_later: frozenset[str] = frozenset()
    content: str = "messages"
    of_tools: frozenset[str] = frozenset(TOOL_FIELDS | DEPRECATED.keys())

    def known(self) -> set[str]:
        """The names of all fields that OpenAI has for the model."""
        tables = self.fields.keys() | self.without_effect.keys() | self.unsupported
        return tables | self.checked_later | self.of_tools


PLAIN = Rules(FIELDS, WITHOUT_EFFECT, UNSUPPORTED, MAX_TOP_LOGPROBS)
REASONING = Rules(
    FIELDS | reasoning.FIELDS,
    {
        name: check
        for name, check in (WITHOUT_EFFECT | reasoning.WITHOUT_EFFECT).items()
        if name not in reasoning.UNKNOWN
    },
    UNSUPPORTED - reasoning.UNKNOWN - reasoning.CHECKED_HERE - reasoning.WITHOUT_EFFECT.keys(),
    reasoning.MOST_TOP_LOGPROBS,
    frozenset(reasoning.CHECKED_HERE),
)
EXTENDED = replace(PLAIN, fields=FIELDS | vllm.FIELDS)


@dataclass(frozen=True)
class ChatRequest:
    """What a chat request asks for.

    `logit_bias` has integer ids. `top_logprobs` is None if no logprobs are asked for.
    `include_ids` adds token ids to them. `continued` are the answer's first tokens, already chosen.
    `compact`: the next token's logits are asked for, as one array. `response_format` is None for
    plain text. `tools` is None if no function may be called. `effort` is how much the model thinks
    first, one of `reasoning.EFFORTS`. `images`: what was read of the messages' images, if any.
    `top_k`: only so many of the most probable tokens stay, 0 for all; OpenAI has none.
    `shows_thoughts`: the answer has the text of its thoughts, too; at OpenAI nobody sees them.
    `cut_at_context`: an answer that could outgrow the context ends there and is not refused, as at
    Anthropic. `cache_ttl`: how long the prompt is to be cached where a client marks that itself,
    as at Anthropic: "5m", "1h", or None where nothing is marked. `extensions`: what vLLM has
    beyond OpenAI, where the endpoint has it.
    """

    model: str
    messages: list[dict]
    temperature: float
    top_p: float
    frequency_penalty: float
    presence_penalty: float
    logit_bias: dict[int, float]
    seed: int | None
    stop: tuple[str, ...]
    max_tokens: int | None
    n: int
    top_logprobs: int | None
    stream: bool
    include_usage: bool
    include_obfuscation: bool
    response_format: Format | None
    tools: Tools | None = None
    include_ids: bool = False
    compact: bool = False
    continued: tuple[int, ...] = ()
    effort: str = "none"
    images: tuple[ImageText, ...] = ()
    top_k: int = 0
    shows_thoughts: bool = False
    cut_at_context: bool = False
    cache_ttl: str | None = None
    extensions: Extensions = NO_EXTENSIONS


def parse(
    body, headers, vocabulary_size: int, is_reasoning: bool = False, extended: bool = False
) -> ChatRequest:
    """A request's JSON and headers -> ChatRequest. ApiError (400) for the first wrong thing.

    `is_reasoning`: it is for the simulated reasoning model, which has rules of its own. `extended`:
    the other model takes vLLM's parameters, too.
    """
    if not isinstance(body, dict):
        raise wrong_body(body)
    plain = EXTENDED if extended else PLAIN
    rules = REASONING if is_reasoning else plain
    values = checked_fields(body, rules)
    checked_tools = tools(body)
    effort = reasoning.effort(body) if is_reasoning else "none"

    form = headers.get(FULL_LOGPROBS, "").lower()
    full_logprobs = form == "true"
    most = vocabulary_size if full_logprobs else rules.top_logprobs
    values["top_logprobs"] = top_logprobs(values.pop("logprobs"), values["top_logprobs"], most)
    options = stream_options(values["stream"], values.pop("stream_options"))
    values["max_tokens"] = token_limit(values.pop("max_completion_tokens"), values["max_tokens"])
    if values["response_format"] is not None and values["response_format"].any_json:
        check_mentions_json(values["messages"])
    values["logit_bias"] = biases_by_id(values["logit_bias"], vocabulary_size)
    values |= vllm.request_fields(values, vocabulary_size)
    if form == COMPACT:
        check_compact(values, checked_tools is not None)

    return ChatRequest(
        tools=checked_tools,
        effort=effort,
        include_usage=options.get("include_usage", False),
        # OpenAI obfuscates unless it is asked not to. Here nobody eavesdrops, and people read the
        # chunks.
        include_obfuscation=options.get("include_obfuscation", False),
        include_ids=full_logprobs,
        compact=form == COMPACT,
        continued=continued_ids(headers.get(CONTINUE), vocabulary_size),
        **values,
    )


def checked_fields(body: dict, rules: Rules) -> dict:
    """The values of the rules' fields, each checked alone. ApiError (400) for the first wrong one.

    As at OpenAI, missing fields come first, then unknown ones, then wrong values.
    """
    if body.get("model") is None:
        raise bad_request("you must provide a model parameter")
    if rules.content not in body:
        raise missing(rules.content)
    known = rules.known()
    for name in body:
        if name not in known:
            raise unknown(name, known - body.keys())

    for name, value in body.items():
        if value is not None:
            _check_other(name, value, rules)

    return {name: _value(body, name, *rule) for name, rule in rules.fields.items()}


def _check_other(name: str, value, rules: Rules) -> None:
    """Checks a field that is not in the rules' `fields`."""
    if name in DEPRECATED:
        raise unsupported(name, f" It is deprecated: use '{DEPRECATED[name]}' instead.")
    if name in rules.unsupported:
        raise unsupported(name)
    if name in rules.without_effect:
        rules.without_effect[name](name, value)


def _value(body: dict, name: str, check: Check, default):
    value = body.get(name)
    if value is not None:
        return check(name, value)
    if default is MISSING:  # of the required fields, only the messages can still be null
        raise wrong_type(name, "an array of objects", None)
    return default
