"""The messages of a conversation, as a client sends them and as events show them."""

from dataclasses import dataclass

from samplers.local.realtime.events import new_id
from samplers.local.realtime.fields import text
from samplers.local.request import checks
from samplers.local.request.errors import missing, unsupported

TEXT_KINDS = {"system": "input_text", "user": "input_text", "assistant": "output_text"}
KINDS = (*sorted(set(TEXT_KINDS.values())), "input_audio", "input_image", "output_audio")
OTHER_ITEMS = (
    "function_call",
    "function_call_output",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_call",
    "mcp_list_tools",
)


@dataclass
class Item:
    """A message. `spoken`: it came as sound, and its text is what was heard (None: not yet)."""

    id: str
    role: str
    text: str | None
    spoken: bool = False
    status: str = "completed"

    def as_object(self) -> dict:
        """The item as events show it; sound is not shown."""
        if self.spoken:
            heard = {} if self.text is None else {"transcript": self.text}
            content = [{"type": "input_audio", **heard}]
        elif self.text is None:
            content = []
        else:
            content = [{"type": TEXT_KINDS[self.role], "text": self.text}]
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "message",
            "status": self.status,
            "role": self.role,
            "content": content,
        }

    def as_message(self) -> dict:
        """The item as a message of a chat."""
        return {"role": self.role, "content": self.text or ""}


def read_item(place: str, value) -> Item:
    """The message that a client sent. ApiError for the first wrong thing."""
    known = ("id", "object", "type", "status", "role", "content")
    value = checks.mapping(lambda name, field: field)(place, value)
    if checks.required(place, value, "type") in OTHER_ITEMS:
        raise unsupported(f"{place}.type", " This endpoint has no tools here.")
    checks.one_of("message")(f"{place}.type", value["type"])
    checks.only_fields(place, value, *known)
    role = checks.required(place, value, "role")
    role = checks.one_of(*TEXT_KINDS)(f"{place}.role", role)
    content = checks.required(place, value, "content")

    def part(name: str, given) -> str:
        return _text_of(name, given, TEXT_KINDS[role])

    parts = checks.array(part, 1)(f"{place}.content", content)
    item_id = value.get("id")
    item_id = new_id("item") if item_id is None else checks.string(64)(f"{place}.id", item_id)
    return Item(item_id, role, text(f"{place}.content", "\n".join(parts)))


def _text_of(name: str, part, kind: str) -> str:
    part = checks.mapping(lambda name, field: field)(name, part)
    given = checks.one_of(*KINDS)(f"{name}.type", checks.required(name, part, "type"))
    if given == "input_audio":
        instead = " Send sound with input_audio_buffer.append."
        raise unsupported(f"{name}.type", instead)
    if given in ("input_image", "output_audio"):
        raise unsupported(f"{name}.type", " This endpoint takes text and spoken words.")
    checks.one_of(kind)(f"{name}.type", given)
    checks.only_fields(name, part, "type", "text")
    if "text" not in part:
        raise missing(f"{name}.text")
    return text(f"{name}.text", part["text"])
