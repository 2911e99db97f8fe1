"""The items of a response, typed; `raw` is the JSON that came.

An item's id ("fc_…") and the call_id of a function call ("call_…") are two things: a result is
paired with its call by call_id.
"""

from dataclasses import dataclass, field

from samplers.api.deviations import (
    arguments_of,
    dicts_of,
    id_of,
    refusal_of,
    string_of,
    text_of,
    well_formed,
)
from samplers.api.results import TokenLogprob, ToolCall


@dataclass(frozen=True)
class Item:
    """An item of any type. Those of a type that has no class of its own are kept as they came."""

    type: str
    id: str
    status: str | None  # "in_progress", "completed" or "incomplete"
    raw: dict = field(repr=False)


@dataclass(frozen=True)
class MessageItem(Item):
    """What the model says, or why it refuses to. `logprobs`: None if they were not asked for."""

    role: str
    text: str
    refusal: str
    logprobs: tuple[TokenLogprob, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class FunctionCallItem(Item):
    """A function call that the model asks for."""

    call_id: str
    name: str
    arguments: str

    @property
    def call(self) -> ToolCall:
        """The call as `run_tools` and Chat know it; its id is the call_id."""
        return ToolCall(self.call_id, self.name, self.arguments)


@dataclass(frozen=True)
class ReasoningItem(Item):
    """That the model has thought. Its thoughts are not shown, at most a summary of them.

    `encrypted`: the thoughts as a text that only the endpoint can read; None unless asked for.
    """

    summary: str
    encrypted: str | None = field(default=None, repr=False)


def item_of(raw: dict) -> Item:
    """The item that this JSON is. TypeError where what the model said or called is no text."""
    kind = _name(raw, "type") or "message"
    common = kind, id_of(raw), _name(raw, "status") or None, raw
    if kind == "message":
        content = _content(raw)
        return MessageItem(
            *common,
            role=_name(raw, "role") or "assistant",
            text=well_formed(text_of(content)),
            refusal=well_formed(refusal_of(raw | {"content": content})),
            logprobs=_logprobs(content),
        )
    if kind == "function_call":
        return FunctionCallItem(
            *common,
            call_id=id_of({"id": raw.get("call_id") or raw.get("id")}),
            name=well_formed(string_of(raw.get("name")) or ""),
            arguments=well_formed(arguments_of(raw)),
        )
    if kind == "reasoning":
        summary = "\n\n".join(
            well_formed(str(part.get("text") or "")) for part in dicts_of(raw.get("summary"))
        )
        return ReasoningItem(*common, summary, _name(raw, "encrypted_content") or None)
    return Item(*common)


def _name(raw: dict, name: str) -> str:
    """A field beside the answer: "" for what is no text."""
    value = raw.get(name)
    return well_formed(value) if isinstance(value, str) else ""


def _content(raw: dict):
    """A message's content with its parts of text as Chat calls them: type "text"."""
    content = raw.get("content")
    if not isinstance(content, list):
        return content
    return [_renamed(part) for part in content if part is not None]


def _renamed(part):
    is_text = isinstance(part, dict) and part.get("type") == "output_text"
    return part | {"type": "text"} if is_text else part


def _logprobs(content) -> tuple[TokenLogprob, ...] | None:
    """Those of all parts; OpenAI sends an empty list where they were not asked for."""
    entries = [entry for part in dicts_of(content) for entry in dicts_of(part.get("logprobs"))]
    return tuple(map(TokenLogprob.from_wire, entries)) if entries else None
