"""A request of Anthropic's Messages API as an OpenAI Chat Completions request."""

from copy import deepcopy

from samplers.api.dialects.anthropic.leftovers import say_rest, without_nulls
from samplers.api.dialects.anthropic.openai_history import openai_messages
from samplers.api.dialects.anthropic.parameters import EFFORTS, TIERS
from samplers.api.dialects.anthropic.tools import tools_to_openai
from samplers.api.dialects.checks import dict_at, list_at
from samplers.api.dialects.dialect import Translated
from samplers.wire.secret import shown

_KEPT = ("model", "temperature", "top_p", "stream")
_READ = (
    *_KEPT,
    "max_tokens",
    "messages",
    "metadata",
    "output_config",
    "service_tier",
    "stop_sequences",
    "system",
    "thinking",
    "tool_choice",
    "tools",
)
_MOST_STOPS = 4  # OpenAI's API reference, 2026-11-28


def openai_request(body: dict) -> Translated:
    """OpenAI's request for Anthropic's, as of 2026-11-28; a history comes back with it.

    The limit becomes max_completion_tokens, which counts the reasoning, as Anthropic's does. A
    stream asks for its usage, which Anthropic's always has. ValueError names the place of what the
    form cannot carry.
    """
    lost: list[str] = []
    body = without_nulls(deepcopy(dict_at(body, "the request")))

    made = {name: body[name] for name in _KEPT if name in body}
    made["messages"] = openai_messages(body, lost)
    if "max_tokens" in body:
        made["max_completion_tokens"] = body["max_tokens"]
    if body.get("stream"):
        made["stream_options"] = {"include_usage": True}
    made |= tools_to_openai(body, lost) | _stop(body, lost) | _user(body, lost) | _tier(body, lost)
    made |= _effort(body, lost) | _format(body)
    say_rest(body, _READ, "", lost, "OpenAI")
    return Translated(made, tuple(lost))


def _stop(body: dict, lost: list[str]) -> dict:
    stop = list_at(body.get("stop_sequences", []), "stop_sequences")
    for text in stop[_MOST_STOPS:]:
        lost.append(
            f"stop_sequences: OpenAI takes {_MOST_STOPS} at most; {text!r:.40} is left out."
        )
    return {"stop": stop[:_MOST_STOPS]} if stop else {}


def _user(body: dict, lost: list[str]) -> dict:
    metadata = dict_at(body.get("metadata", {}), "metadata")
    say_rest(metadata, ("user_id",), "metadata", lost, "OpenAI")
    return {"safety_identifier": metadata["user_id"]} if metadata.get("user_id") else {}


def _tier(body: dict, lost: list[str]) -> dict:
    tiers = {theirs: ours for ours, theirs in TIERS.items()}
    tier = body.get("service_tier")
    if tier is None:
        return {}
    if not isinstance(tier, str) or tier not in tiers:
        lost.append(f"service_tier: OpenAI has no {tier!r:.40}; left out.")
        return {}
    return {"service_tier": tiers[tier]}


def _effort(body: dict, lost: list[str]) -> dict:
    config = dict_at(body.get("output_config", {}), "output_config")
    say_rest(config, ("effort", "format"), "output_config", lost, "OpenAI")
    effort = config.get("effort")
    thinking = dict_at(body.get("thinking", {}), "thinking")
    if thinking.get("type") == "disabled":
        if effort is not None:
            lost.append("output_config.effort: OpenAI has none without reasoning; left out.")
        return {"reasoning_effort": "none"}

    if thinking:
        lost.append(
            f"thinking: OpenAI has no {thinking.get('type')!r:.40}; there the effort alone decides."
        )
    if effort is not None and effort not in EFFORTS:
        lost.append(f"output_config.effort: OpenAI has no {effort!r:.40}; left out.")
        return {}
    return {"reasoning_effort": effort} if effort is not None else {}


def _format(body: dict) -> dict:
    form = dict_at(body.get("output_config", {}), "output_config").get("format")
    if form is None:
        return {}
    kind = dict_at(form, "output_config.format").get("type")
    if kind != "json_schema":
        raise ValueError(f"output_config.format.type must be 'json_schema', got {shown(kind)}")
    schema = dict_at(form.get("schema"), "output_config.format.schema")
    named = {"name": "answer", "strict": True, "schema": schema}  # OpenAI wants a name
    return {"response_format": {"type": kind, "json_schema": named}}
