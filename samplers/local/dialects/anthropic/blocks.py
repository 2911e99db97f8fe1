"""The content blocks of a message, each checked by itself.

Source: the types of Anthropic's SDK (anthropic 2.14.0). A block that the local model cannot read,
such as a document, is refused.
"""

import base64
import binascii

from samplers.local.dialects.anthropic.checks import (
    Check,
    boolean,
    items,
    literal,
    mapping,
    nullable,
    pattern,
    record,
    string,
    tagged,
    unsupported,
    wrong,
)
from samplers.local.request.images.data_url import NO_DOWNLOAD

ID = r"[a-zA-Z0-9_-]+"  # of a call
IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")
# What is not for the local model: documents, and what Anthropic's own tools leave in a history.
UNREADABLE = (
    *("document", "search_result", "container_upload", "server_tool_use"),
    *("web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result"),
    *("bash_code_execution_tool_result", "text_editor_code_execution_tool_result"),
    "tool_search_tool_result",
)
UNREADABLE_IN_RESULT = ("document", "search_result", "tool_reference", "browser_state")
# It changes only what `usage.py` says.
CACHE = {
    "cache_control": nullable(record({"type": literal("ephemeral")}, {"ttl": literal("5m", "1h")}))
}
NO_TOOLSET = {"toolset_name": unsupported("toolsets are")}


def _refused(place: str, value):
    block, _, kind = place.rpartition(".")
    raise wrong(block, f"`{kind}` blocks are not supported on this model")


def _no_image(place: str, value):
    block, _, _ = place.rpartition(".")
    raise wrong(block, "images in a tool result are not supported on this model")


def _no_download(place: str, value):
    raise wrong(place, NO_DOWNLOAD)


def _no_file(place: str, value):
    raise wrong(place, "uploaded files are not supported on this model")


def _data(place: str, value) -> str:
    try:
        found = base64.b64decode(string(place, value), validate=True)
    except (binascii.Error, ValueError):
        raise wrong(place, "invalid base64 data") from None
    if not found:
        raise wrong(place, "Could not process image")
    return value


def _no_transformations(place: str, value) -> None:
    if mapping(place, value):
        raise wrong(place, "transformations are not supported on this model")


def _signature(place: str, value) -> str:
    """What is in it only Anthropic can know; here it must only be there."""
    if not string(place, value):
        block = place.removesuffix(".thinking.signature")
        raise wrong(block, "Invalid `signature` in `thinking` block")
    return value


TEXT = record({"text": string}, {**CACHE, "citations": nullable(items(mapping))})
_SOURCE = tagged(
    {
        "base64": record({"media_type": literal(*IMAGES), "data": _data}, {}),
        "url": _no_download,
        "file": _no_file,
    }
)
_IMAGE = record({"source": _SOURCE}, {**CACHE, "transformations": nullable(_no_transformations)})
_CALLER = record({"type": literal("direct")}, {})
_TOOL_USE = record(
    {"id": pattern(ID), "name": string, "input": mapping},
    {**CACHE, "caller": nullable(_CALLER), **NO_TOOLSET},
)
_IN_RESULT = tagged(
    {"text": TEXT, "image": _no_image} | dict.fromkeys(UNREADABLE_IN_RESULT, _refused)
)


def content(check_block: Check) -> Check:
    """A content -> its blocks; a string is short for one text."""

    def check(place: str, value) -> list[dict]:
        if isinstance(value, str):
            return [{"type": "text", "text": value}] if value else []
        return items(check_block)(place, value)

    return check


_RESULT = record(
    {"tool_use_id": pattern(ID)},
    {**CACHE, "content": content(_IN_RESULT), "is_error": boolean, **NO_TOOLSET},
)
BLOCK = tagged(
    {
        "text": TEXT,
        "image": _IMAGE,
        "tool_use": _TOOL_USE,
        "tool_result": _RESULT,
        "thinking": record({"signature": _signature, "thinking": string}, {}),
        "redacted_thinking": record({"data": string}, {}),
    }
    | dict.fromkeys(UNREADABLE, _refused)
)
