"""contents and systemInstruction as OpenAI's messages.

A turn may come in several contents: google-genai 3.6.1 keeps a streamed answer's history as one
content for each chunk. So contents of the model in a row are one message, and so are the
functionResponses of contents in a row. Thoughts that come back are not shown to the model. As at
all models since Gemini 3.6 Flash the model's turn is not the last one (Google's page "latest-model"
as cline/cline#12521 quotes it, 2026-07-24; anomalyco/opencode#47034, 2026-09-03).
"""

import base64
import json
import re
from collections.abc import Iterator
from itertools import groupby

from samplers.local.dialects.gemini.calls import CALL_FIRST, answered
from samplers.local.dialects.gemini.errors import invalid
from samplers.local.request.errors import bad_request

ROLES = ("user", "model", "function")
BAD_ROLE = "Please use a valid role: user, model."
IMAGE = re.compile(r"image/[a-z0-9.+-]+", re.IGNORECASE)  # a mime_type
MODEL_LAST = "Requests ending with a model turn are not supported."
NO_DATA = "required oneof field 'data' must have one initialized field"

Placed = tuple[str, dict]  # a content or a part, with its place


def messages(contents: list[dict], instruction: dict | None) -> list[dict]:
    """OpenAI's messages. ApiError (400) for contents that Gemini would refuse."""
    if not contents:
        raise invalid("contents", "contents is not specified")
    made = [] if instruction is None else _system(instruction)
    placed = [(f"contents[{i}]", content) for i, content in enumerate(contents)]
    for place, content in placed:
        _check(place, content)

    calls: list[dict] = []  # of the turn before, which want responses
    for is_model, turn in groupby(placed, lambda each: each[1].get("role") == "model"):
        turn = list(turn)
        if not is_model:
            made += _user(turn, calls, len(made))
            calls = []
            continue
        calls = [part["function_call"] for _, part in _parts(turn) if "function_call" in part]
        if calls and turn[0][0] == "contents[0]":
            raise bad_request(CALL_FIRST, "contents[0]")
        made += _model(turn, calls, len(made))
    if is_model:
        raise bad_request(MODEL_LAST, "contents")
    return made


def _parts(turn: list[Placed]) -> Iterator[Placed]:
    for place, content in turn:
        for i, part in enumerate(content.get("parts", ())):
            yield f"{place}.parts[{i}]", part


def _check(place: str, content: dict) -> None:
    """ApiError for a role that is none, for no parts, and for a part that says nothing."""
    role = content.get("role") or "user"
    if role not in ROLES:
        raise bad_request(BAD_ROLE, f"{place}.role")
    if not content.get("parts"):
        raise invalid(f"{place}.parts", "contents.parts must not be empty.")
    for here, part in _parts([(place, content)]):
        if not part.keys() & {"text", "inline_data", "function_call", "function_response"}:
            raise invalid(f"{here}.data", NO_DATA)
        _check_owner(here, part, role)


def _check_owner(place: str, part: dict, role: str) -> None:
    """ApiError for a part that the other role has, or a function without a name."""
    other = ("function_response", "inline_data") if role == "model" else ("function_call",)
    for name in other:
        if name in part:
            raise invalid(f"{place}.{name}", f"not allowed in a content of the role '{role}'.")
    for name in ("function_call", "function_response"):
        if name in part and not part[name].get("name"):
            raise invalid(f"{place}.{name}.name", "Name cannot be empty.")


def _system(instruction: dict) -> list[dict]:
    """One system message, whatever role the instruction names; its texts are lines."""
    texts = []
    for i, part in enumerate(instruction.get("parts", ())):
        if "text" not in part:
            raise invalid(f"system_instruction.parts[{i}]", "must be a text.")
        texts.append(part["text"])
    if not texts:
        raise invalid("system_instruction.parts", "contents.parts must not be empty.")
    return [{"role": "system", "content": "\n".join(texts)}]


def _model(turn: list[Placed], calls: list[dict], number: int) -> list[dict]:
    """The model's message with its calls; none for a turn of thoughts alone."""
    spoken = [part for _, part in _parts(turn) if not part.get("thought")]
    texts = [part["text"] for part in spoken if "text" in part]
    if not texts and not calls:
        return []
    message = {"role": "assistant", "content": "".join(texts)}
    if calls:
        message["tool_calls"] = [
            {
                "id": _call_id(number, i),
                "type": "function",
                "function": {"name": call["name"], "arguments": _json(call.get("args", {}))},
            }
            for i, call in enumerate(calls)
        ]
    return [message]


def _user(turn: list[Placed], calls: list[dict], number: int) -> list[dict]:
    """The responses to `calls`, which stand in message `number` - 1, and what the user says."""
    responses = [
        (f"{place}.function_response", part["function_response"])
        for place, part in _parts(turn)
        if "function_response" in part
    ]
    made = [
        {
            "role": "tool",
            "tool_call_id": _call_id(number - 1, i),
            "content": _result(response.get("response", {})),
        }
        for i, response in enumerate(answered(calls, responses))
    ]
    for place, content in turn:
        said = [
            _said(here, part)
            for here, part in _parts([(place, content)])
            if "function_response" not in part
        ]
        if said:
            made.append({"role": "user", "content": said})
    return made


def _said(place: str, part: dict) -> dict:
    """A text or an image, as a part of OpenAI's."""
    if "text" in part:
        return {"type": "text", "text": part["text"]}
    inline = part["inline_data"]
    kind = inline.get("mime_type", "")
    if not IMAGE.fullmatch(kind):
        raise bad_request(f"Unsupported MIME type: {kind[:80]}", f"{place}.inline_data.mime_type")
    if not inline.get("data"):
        raise invalid(f"{place}.inline_data.data", "cannot be empty")
    url = f"data:{kind};base64,{base64.b64encode(inline['data']).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def _call_id(message: int, call: int) -> str:
    return f"call_{message}_{call}"


def _result(response: dict) -> str:
    """What a function gave: under "output", or the whole object (as google-genai describes it)."""
    output = response["output"] if response.keys() == {"output"} else response
    return output if isinstance(output, str) else _json(output)


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
