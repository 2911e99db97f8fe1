"""The content of a message: a text, or an array of parts with texts and images."""

from samplers.local.request.checks import array, string
from samplers.local.request.errors import bad_request, missing, wrong_type, wrong_value
from samplers.local.request.images.part import ImagePart, image_part

CONTENT = "one of a string or array of objects"  # what a content should be, in OpenAI's words
PARTS = {"text": "text", "refusal": "refusal"}  # a part's type -> the field with its text
OTHER_PARTS = ("input_audio", "file")  # OpenAI's, not for this model


def content_parts(name: str, value, role: str) -> list[str | ImagePart]:
    """A content's parts: their texts, and their images."""
    if isinstance(value, str):
        return [string()(name, value)]
    if not isinstance(value, list):
        raise wrong_type(name, CONTENT, value)
    return array(lambda part_name, part: _part(part_name, part, role), 0)(name, value)


def _part(name: str, value, role: str) -> str | ImagePart:
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    if "type" not in value:
        raise missing(f"{name}.type")

    kind = value["type"]
    if kind in OTHER_PARTS:
        message = f"Invalid content type. {kind} is not supported by this model."
        raise bad_request(message, f"{name}.type", "unsupported_value")

    if kind == "image_url":
        return image_part(name, value, role)
    allowed = [part for part in PARTS if part == "text" or role == "assistant"]
    if kind not in allowed:
        raise wrong_value(f"{name}.type", kind, allowed)

    field = PARTS[kind]
    if field not in value:
        raise missing(f"{name}.{field}")

    return string()(f"{name}.{field}", value[field])


def no_content(name: str, value: dict):
    """OpenAI's error for a message without a content.

    A developer message has its own error. The other roles' error writes the place differently.
    """
    if value["role"] != "developer":
        param = name.replace("[", ".[") + ".content"
        return bad_request("Invalid value for 'content': expected a string, got null.", param)
    if "content" in value:
        return wrong_type(f"{name}.content", CONTENT, None)
    return missing(f"{name}.content")
