"""Gemini's contents and systemInstruction as OpenAI's messages."""

from collections.abc import Iterator

from samplers.api.deviations import dict_of, dicts_of
from samplers.api.dialects.checks import as_text, dict_at, list_at, made_id, tell_rest, text_at
from samplers.api.dialects.gemini.parts import openai_part
from samplers.api.dialects.gemini.signatures import keep_signature
from samplers.wire.secret import shown

PART = ("text", "thought", "thoughtSignature", "functionCall")  # of the model's turns


def openai_messages(contents, instruction, lost: list[str]) -> list[dict]:
    """OpenAI's messages of contents and systemInstruction (or None).

    A result belongs to the call of its id. Without ids, or with one that is no call's, it belongs
    to the first call of its name that has none yet, in the turn before; both get the same made id.
    ValueError for a result without a call, and for what has no counterpart.
    """
    messages = [] if instruction is None else _system(instruction)
    turns = [
        dict_at(turn, f"contents[{i}]") for i, turn in enumerate(list_at(contents, "contents"))
    ]
    ids = _Ids(_ids(turns))

    for i, turn in enumerate(turns):
        place = f"contents[{i}]"
        parts = list_at(turn.get("parts"), f"{place}.parts")
        role = turn.get("role") or "user"
        tell_rest(turn, ("role", "parts"), place, "OpenAI's messages have no such field.", lost)
        if role == "model":
            if i == 0 or turns[i - 1].get("role") != "model":
                ids.begin_turn()
            messages.append(_assistant(parts, f"{place}.parts", ids, lost))
        elif role in ("user", "function"):
            messages += _user(parts, f"{place}.parts", ids, lost)
        else:
            raise ValueError(f"{place}.role must be user or model, got {shown(role)}")
    return messages


def _ids(turns: list[dict]) -> set[str]:
    """The ids of all calls that have one."""
    parts = [part for turn in turns for part in dicts_of(turn.get("parts"))]
    ids = [dict_of(part.get("functionCall")).get("id") for part in parts]
    return {own for own in ids if own and isinstance(own, str)}


class _Ids:
    """Which call a result answers."""

    def __init__(self, taken: set[str]):
        self.taken = taken  # the ids of all calls that have one
        self.open: list[tuple[str, str]] = []  # (id, name) of the calls without a result

    def begin_turn(self) -> None:
        """The model speaks: what it called before is not answered any more."""
        self.open = []

    def call(self, call: dict, place: str) -> str:
        """The id of a call, made where it has none."""
        own = text_at(call.get("id") or "", f"{place}.functionCall.id")
        made = own or made_id(place, self.taken)
        self.open.append((made, call["name"]))
        return made

    def result(self, response: dict, place: str) -> str:
        """The id of the call that a result answers."""
        own = text_at(response.get("id") or "", f"{place}.id")
        by_name = own not in self.taken
        for entry in self.open:
            if entry[0] == own or (by_name and entry[1] == response.get("name")):
                self.open.remove(entry)
                return entry[0]
        raise ValueError(f"{place} must answer a call before it, got {shown(response)}")


def _system(instruction) -> list[dict]:
    """One system message: a text, or a part for each text."""
    place = "systemInstruction.parts"
    parts = list_at(dict_at(instruction, "systemInstruction").get("parts"), place)
    texts = [
        text_at(dict_at(part, f"{place}[{i}]").get("text"), f"{place}[{i}].text")
        for i, part in enumerate(parts)
    ]
    return [{"role": "system", "content": _content(texts)}] if texts else []


def _content(texts: list[str]) -> str | list[dict]:
    if len(texts) == 1:
        return texts[0]
    return [{"type": "text", "text": text} for text in texts]


def _user(parts: list, place: str, ids: _Ids, lost: list[str]) -> Iterator[dict]:
    """The messages of a user's turn: a tool message for each result, one for what is between."""
    between: list[dict] = []
    for i, part in enumerate(parts):
        here = f"{place}[{i}]"
        response = dict_at(part, here).get("functionResponse")
        if response is None:
            between.append(openai_part(part, here, lost))
            continue
        if between:
            yield _user_message(between)
            between = []
        here = f"{here}.functionResponse"
        response = dict_at(response, here)
        known = ("id", "name", "response")
        tell_rest(response, known, here, "OpenAI's tool messages have no such field.", lost)
        yield {
            "role": "tool",
            "tool_call_id": ids.result(response, here),
            "content": _result(dict_at(response.get("response") or {}, f"{here}.response")),
        }
    if between:
        yield _user_message(between)


def _user_message(parts: list[dict]) -> dict:
    is_text = len(parts) == 1 and parts[0]["type"] == "text"
    return {"role": "user", "content": parts[0]["text"] if is_text else parts}


def _result(response: dict) -> str | list[dict]:
    """A function's response as a tool's text: what stands under "output", or the object's JSON."""
    output = response.get("output") if response.keys() == {"output"} else None
    if isinstance(output, str):
        return output
    if isinstance(output, list) and all(isinstance(text, str) for text in output):
        return [{"type": "text", "text": text} for text in output]
    return as_text(response)


def _assistant(parts: list, place: str, ids: _Ids, lost: list[str]) -> dict:
    message = {"role": "assistant", "content": None}
    texts = []
    thoughts = []
    calls = []

    for i, part in enumerate(parts):
        here = f"{place}[{i}]"
        tell_rest(dict_at(part, here), PART, here, "OpenAI's messages have no such field.", lost)
        call = part.get("functionCall")
        if call is not None:
            call = dict_at(call, f"{here}.functionCall")
            text_at(call.get("name"), f"{here}.functionCall.name")
            calls.append(openai_call(part, ids.call(call, place=here)))
        elif isinstance(part.get("text"), str):
            (thoughts if part.get("thought") else texts).append(part["text"])
            keep_signature(part, message)
        else:
            raise ValueError(f"{here} must be text or a functionCall, got {shown(part)}")

    texts = [text for text in texts if text]
    if texts or not calls:
        message["content"] = _content(texts or [""])
    if thoughts:
        message["reasoning_content"] = "".join(thoughts)
    if calls:
        message["tool_calls"] = calls
    return message


def openai_call(part: dict, call_id: str) -> dict:
    """The tool call of a part with a functionCall; its id is `call_id`."""
    call = part["functionCall"]
    arguments = as_text(call.get("args") or {})
    function = {"name": call.get("name") or "", "arguments": arguments}
    made = {"id": call_id, "type": "function", "function": function}
    keep_signature(part, made)
    return made
