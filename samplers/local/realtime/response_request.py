"""response.create: what the client asks for, checked."""

from dataclasses import dataclass

from samplers.local.realtime.conversation import Conversation
from samplers.local.realtime.fields import check_names, check_output, max_output_tokens, text
from samplers.local.realtime.items import Item, read_item
from samplers.local.realtime.session import Session
from samplers.local.request import checks

FIELDS = (
    "instructions",
    "max_output_tokens",
    "output_modalities",
    "audio",
    "conversation",
    "input",
    "metadata",
)
MOST_METADATA = 16
LONGEST_KEY = 64
LONGEST_VALUE = 512
REFERENCE = "item_reference"


@dataclass(frozen=True)
class ResponseRequest:
    """What a response is made from. `keeps`: it goes into the conversation.

    `items` None: it answers the conversation as it is when the response begins.
    """

    instructions: str
    max_output_tokens: int | str
    keeps: bool
    items: list[Item] | None
    metadata: dict | None


def read_response(given, session: Session, conversation: Conversation) -> ResponseRequest:
    """The request in response.create's field `response`; what it leaves out is the session's."""
    given = checks.mapping(lambda name, value: value)("response", {} if given is None else given)
    check_names("response", given, FIELDS)
    check_output("response", given)

    instructions = given.get("instructions")
    most = given.get("max_output_tokens")
    keeps = checks.one_of("auto", "none")("response.conversation", _or(given, "conversation"))
    metadata = given.get("metadata")
    if metadata is not None:
        check = checks.mapping(checks.string(LONGEST_VALUE), MOST_METADATA, LONGEST_KEY)
        metadata = check("response.metadata", metadata)
    return ResponseRequest(
        instructions=session.instructions
        if instructions is None
        else text("response.instructions", instructions),
        max_output_tokens=session.max_output_tokens
        if most is None
        else max_output_tokens("response.max_output_tokens", most),
        keeps=keeps == "auto",
        items=_items(given.get("input"), conversation),
        metadata=metadata,
    )


def _or(given: dict, name: str):
    value = given.get(name)
    return "auto" if value is None else value


def _items(given, conversation: Conversation) -> list[Item] | None:
    if given is None:
        return None

    def item(name: str, value) -> Item:
        if isinstance(value, dict) and value.get("type") == REFERENCE:
            item_id = checks.string()(f"{name}.id", checks.required(name, value, "id"))
            return conversation.get(item_id, f"{name}.id")
        return read_item(name, value)

    return checks.array(item, 0, 500)("response.input", given)
