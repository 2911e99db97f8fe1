"""`messages` and `system`: checked, and consecutive messages of one role joined into a turn.

Which message may stand where, and the sentences, are as Anthropic's API answered public probes on
2026-09-10 (nine models) and 2026-10-06 (claude-opus-5-5), third-party: `system` messages between
the others, no assistant's message at the end ("prefill"), which its SDK documents, too. Only one
rule is ours: an assistant's message may have no blocks at all (content []), because an answer can
have none and must be fit to be sent back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from samplers.local.dialects.anthropic.blocks import BLOCK, TEXT, content
from samplers.local.dialects.anthropic.checks import items, literal, record, tagged, wrong
from samplers.local.dialects.anthropic.pairs import check_pairs
from samplers.local.request.errors import bad_request

ROLES = {  # of a block's type, the only role that may have it
    "image": "user",
    "tool_result": "user",
    "tool_use": "assistant",
    "thinking": "assistant",
    "redacted_thinking": "assistant",
}
_MESSAGES = items(
    record({"role": literal("user", "assistant", "system"), "content": content(BLOCK)}, {})
)
_DIRECTIVE = (
    "; the directive-only form (content: [] with output_config) is accepted at any position"
)
_FIRST = "use the top-level 'system' parameter for the initial system prompt"
_FOLLOW = (
    "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool "
    "result"
)
_PRECEDE = "role 'system' must precede an 'assistant' message or end the array"
_SUPPORTS = "role 'system' supports text, tool_addition, and tool_removal blocks only"
_PREFILL = (
    "This model does not support assistant message prefill. The conversation must end with a user "
    "message."
)
system_blocks = content(tagged({"text": TEXT}))


@dataclass(frozen=True)
class Turn:
    """What one side says: blocks, and with each its place, such as "messages.0.content.1"."""

    role: str
    blocks: list[tuple[str, dict]]


def system(place: str, value) -> list[str]:
    """The texts of the system prompt."""
    blocks = system_blocks(place, value)
    check_texts(place, blocks)
    return [block["text"] for block in blocks]


def turns(place: str, value) -> list[Turn]:
    """The turns of a conversation, in which all calls have their results. ApiError otherwise."""
    messages = _MESSAGES(place, value)
    if not messages:
        raise wrong(place, "at least one message is required")
    roles = [message["role"] for message in messages]
    for i, message in enumerate(messages):
        _check_blocks(f"{place}.{i}", message)
        if message["role"] == "system":
            _check_system(f"{place}.{i}", roles, i)

    joined = list(_joined(place, messages))
    check_pairs(joined)
    if roles[-1] == "assistant":
        raise bad_request(_PREFILL, place)
    return joined


def _joined(place: str, messages: list[dict]) -> Iterator[Turn]:
    turn: Turn | None = None
    for i, message in enumerate(messages):
        if turn is None or turn.role != message["role"]:
            if turn is not None:
                yield turn
            turn = Turn(message["role"], [])
        for j, block in enumerate(message["content"]):
            turn.blocks.append((f"{place}.{i}.content.{j}", block))
    yield turn


def _check_blocks(place: str, message: dict) -> None:
    role = message["role"]
    blocks = message["content"]
    if not blocks and role == "user":
        raise wrong(place, "user messages must have non-empty content")
    if not blocks and role == "system":
        raise wrong(place, "system content must contain at least one block")
    if role == "system" and any(block["type"] != "text" for block in blocks):
        raise wrong(place, _SUPPORTS)
    for block in blocks:
        owner = ROLES.get(block["type"], role)
        if role != owner:
            raise wrong(place, f"`{block['type']}` blocks can only be in `{owner}` messages")

    name = place.partition(".")[0]
    check_texts(name, blocks)
    for block in blocks:
        check_texts(name, block.get("content", []))


def check_texts(place: str, blocks: list[dict]) -> None:
    """ApiError for a text that is empty or blank."""
    for block in blocks:
        if block["type"] != "text":
            continue
        if not block["text"]:
            raise wrong(place, "text content blocks must be non-empty")
        if not block["text"].strip():
            raise wrong(place, "text content blocks must contain non-whitespace text")


def _check_system(place: str, roles: list[str], i: int) -> None:
    """Where a system message may stand; several in a row count as one."""
    if i == 0:
        raise wrong(place, _FIRST + _DIRECTIVE)
    if roles[i - 1] == "assistant":
        raise wrong(place, _FOLLOW + _DIRECTIVE)
    if i + 1 < len(roles) and roles[i + 1] == "user":
        raise wrong(place, _PRECEDE + _DIRECTIVE)
