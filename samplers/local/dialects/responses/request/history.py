"""From items to the messages of a chat, as the model reads them."""

from samplers.local.request import tool_text
from samplers.local.request.images.data_url import image_bytes
from samplers.local.request.images.part import ImagePart

TEXT = {"input_text": "text", "output_text": "text", "refusal": "refusal"}  # where a part has it


def messages(items: list[dict], first: int = 0) -> list[dict]:
    """The messages. Calls that stand together are one message, as an answer has them.

    `first` is the place in `items` of the request's own first item: errors say where an image is.
    """
    made: list[dict] = []
    calls: list[tuple[str, str]] = []
    for i, item in enumerate(items):
        if item["type"] == "function_call":
            calls.append((item["name"], item["arguments"]))
            continue
        if calls:
            made.append(_of_calls(calls))
            calls = []
        made.append(_message(f"input[{i - first}]" if i >= first else "previous_response_id", item))
    if calls:
        made.append(_of_calls(calls))
    return made


def _of_calls(calls: list[tuple[str, str]]) -> dict:
    return {"role": "assistant", "content": tool_text.calls_text(calls)}


def _message(place: str, item: dict) -> dict:
    if item["type"] == "message":
        role = "system" if item["role"] == "developer" else item["role"]
        return {"role": role, **_content(f"{place}.content", item["content"])}
    return {"role": "tool", **_content(f"{place}.output", item["output"])}


def _content(place: str, content: str | list[dict]) -> dict:
    """The content of a message, and its parts if one is an image."""
    if isinstance(content, str):
        return {"content": content}
    parts = [_part(f"{place}[{i}]", part) for i, part in enumerate(content)]
    texts = [part for part in parts if isinstance(part, str)]
    has_images = {"parts": parts} if len(texts) < len(parts) else {}
    return {"content": "".join(texts), **has_images}


def _part(place: str, part: dict) -> str | ImagePart:
    if part["type"] != "input_image":
        return part[TEXT[part["type"]]]
    place = f"{place}.image_url"
    return ImagePart(place, image_bytes(place, part["image_url"]), part["detail"])
