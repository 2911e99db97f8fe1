"""What servers send where OpenAI's API file has something else, read as what they mean.

Where a value beside the answer cannot be read, such as a count or a logprob, its field is None or
empty, and the answer stays. What the model said or called is never left out: there it is a
TypeError.
"""

import json
import math


def dict_of(value) -> dict:
    """`value` if it is a JSON object; {} for null and everything else."""
    return value if isinstance(value, dict) else {}


def dicts_of(value) -> list[dict]:
    """The objects in a JSON array; [] for null and everything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def either(fields: dict, name: str, other: str):
    """The field of this name; where it is missing or null, the other one."""
    value = fields.get(name)
    return fields.get(other) if value is None else value


def count_of(value) -> int | None:
    """A count of tokens: 12, 12.0 and "12" are 12. None for what is no count."""
    number = number_of(value)
    if number is None or number < 0 or not number.is_integer():
        return None
    return value if isinstance(value, int) else int(number)


def number_of(value) -> float | None:
    """A number, or a text of one, as a float. None for null, NaN and what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number


def string_of(value) -> str | None:
    """A str or None as it is. TypeError for anything else."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"a str was expected, got {value!r:.80}")
    return value


def id_of(call: dict) -> str:
    """A call's id, "" if there is none; some servers send a number."""
    value = call.get("id")
    return "" if value is None else well_formed(str(value))


def calls_of(message: dict) -> list[dict]:
    """The tool calls of a message or of a delta, without nulls."""
    return [call for call in message.get("tool_calls") or () if call is not None]


def text_of(content) -> str:
    """A message's `content` as text: a str, a list of parts of which some are text, or null."""
    if isinstance(content, list):
        return _joined(content, "text")
    return string_of(content) or ""


def refusal_of(message: dict) -> str:
    """A message's refusal: a field of its own, or a part of `content`. Empty if there is none."""
    content = message.get("content")
    from_parts = _joined(content, "refusal") if isinstance(content, list) else ""
    return string_of(message.get("refusal")) or from_parts


def _joined(parts: list, kind: str) -> str:
    """The text of all parts of a kind: {"type": "text", "text": …}, {"type": "refusal", …}."""
    if not all(isinstance(part, dict) for part in parts):
        raise TypeError(f"a list of parts was expected, got {parts!r:.80}")
    of_kind = (part for part in parts if (part.get("type") or "text") == kind)
    return "".join(string_of(part.get(kind)) or "" for part in of_kind)


def arguments_of(function: dict) -> str:
    """A call's arguments as JSON text: OpenAI sends text, some servers an object."""
    arguments = function.get("arguments")
    if isinstance(arguments, dict | list):
        return json.dumps(arguments, ensure_ascii=False)
    return string_of(arguments) or ""


def well_formed(text: str) -> str:
    """`text` with its surrogates joined to characters; a lone one becomes U+FFFD.

    JSON can hold half a pair (an escape such as backslash, ud83d), which no UTF-8 can.
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def models_of(answer: dict | list) -> list[dict]:
    """The objects of GET /models. OpenAI sends them in {"data": […]}, Together's API alone."""
    models = answer if isinstance(answer, list) else answer["data"]
    return [model | {"id": model["id"]} for model in models]  # each must have its name
