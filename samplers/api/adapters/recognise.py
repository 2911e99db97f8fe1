"""Which engine answers, by what it says of itself; and the adapter that knows how to ask it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType

from samplers.api.abilities import (
    SAMPLERS,
    TRANSFORMERS,
    UNKNOWN,
    VLLM,
    Abilities,
    openai_abilities,
)
from samplers.api.adapters import llama_cpp, ours, vllm
from samplers.api.adapters.calls import Calls
from samplers.api.deviations import dict_of, dicts_of
from samplers.api.errors import APIError
from samplers.api.results import Tokens
from samplers.distribution import Distribution
from samplers.wire.models import REASONING_SUFFIX, model_row, most

LOGITS = "x-samplers-logits"
EXTENSIONS = "x-samplers-extensions"
MOST_SHOWN = 200  # characters of what a server says
ADAPTERS = {"vllm": vllm, "llama.cpp": llama_cpp}


def adapter_of(engine: str) -> ModuleType:
    """The module that has `tokenize` and `next_token` for an engine."""
    return ADAPTERS.get(engine, ours)


def tokenize(calls: Calls, content: str | list[dict]) -> Tokens:
    """A text, or messages, as the model's tokens: see `Client.tokenize`."""
    known = abilities(calls)
    return adapter_of(known.engine).tokenize(calls, content, known)


def next_token(
    calls: Calls, messages: list[dict], top: int | str, after: Sequence[int]
) -> Distribution:
    """The next-token distribution after messages: see `Client.next_token`."""
    known = abilities(calls)
    return adapter_of(known.engine).next_token(calls, messages, top, after, known)


def abilities(calls: Calls) -> Abilities:
    """What the endpoint can do with `calls.model`. It is found out once, and kept.

    Nothing is asked where a call costs money. An endpoint that answers with an error is not known;
    where waiting can help (429, 5xx) it is asked again the next time. So is our endpoint while it
    does not give the logits as they are: it may still be trying whether it can.
    """
    if "abilities" not in calls.kept:
        if calls.transport.at_openai:
            calls.kept["abilities"] = openai_abilities(calls.model)
        elif calls.transport.budget is not None:
            calls.kept["abilities"] = UNKNOWN
        else:
            try:
                found = _found(calls)
                if found.slow_logprobs is not None:
                    return found
                calls.kept["abilities"] = found
            except APIError as error:
                if error.status == 429 or error.status >= 500:
                    return UNKNOWN
                calls.kept["abilities"] = UNKNOWN
    return calls.kept["abilities"]


def _found(calls: Calls) -> Abilities:
    """By GET /models: who owns the models, and of our endpoint how it gives the logits."""
    response = calls.transport.request("GET", "/models", deadline=calls.deadline)
    models = calls.transport.read(response, lambda answer: dicts_of(dict_of(answer).get("data")))
    model = next((m for m in models if m.get("id") == calls.model), next(iter(models), {}))
    owner = model.get("owned_by")
    if str(owner).startswith("samplers"):
        return _ours(calls.model, response.headers)
    if owner == "vllm":
        return vllm.abilities(calls)
    if owner == "llamacpp":
        return llama_cpp.abilities(calls)
    if dict_of(model.get("status")).get("value") in ("loaded", "unloaded"):
        return TRANSFORMERS  # it tells nothing else; llama.cpp's router does, and who it is
    return UNKNOWN


def _ours(model: str, headers: Mapping[str, str]) -> Abilities:
    """Our endpoint's. Its reasoning model takes a smaller n, no completions and no extensions.

    Of `headers`, LOGITS is "exact" or "json; WHY", and EXTENSIONS "vllm"; an older one has none.
    """
    way, _, why = headers.get(LOGITS, "").partition(";")
    slow = _one_line(why) or "no reason given" if way == "json" else None
    known = replace(SAMPLERS, scores=way == "exact", slow_logprobs=slow)
    if not model.endswith(REASONING_SUFFIX):
        extended = headers.get(EXTENSIONS) == "vllm"
        return replace(known, extensions=VLLM.extensions) if extended else known
    return replace(known, most_choices=most(model_row(model, ours=True), "n"), echoes=False)


def _one_line(text: str) -> str:
    """What a server says of itself, for a line that is printed."""
    return "".join(c if c.isprintable() else " " for c in text.strip())[:MOST_SHOWN]
