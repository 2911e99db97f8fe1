"""OpenAI's messages as Gemini's contents and systemInstruction."""

import copy

from samplers.api.dialects.checks import (
    arguments_at,
    dict_at,
    json_object,
    list_at,
    made_id,
    one_of,
    tell_rest,
    text_at,
)
from samplers.api.dialects.gemini.parts import user_parts
from samplers.api.dialects.gemini.signatures import signed
from samplers.wire.secret import shown

FIELDS = {
    "system": ("role", "content"),
    "developer": ("role", "content"),
    "user": ("role", "content"),
    "assistant": (
        *("role", "content", "refusal", "tool_calls"),
        *("reasoning_content", "extra_content"),
    ),
    "tool": ("role", "content", "tool_call_id", "name"),  # the call has the name, too
}


def contents(messages, lost: list[str]) -> tuple[list[dict], list[dict]]:
    """(contents, the parts of systemInstruction) of OpenAI's messages.

    Gemini's roles are user and model. All texts of system and developer messages go into
    systemInstruction, each a part of its own; where one stood elsewhere than first, that is told.
    The results of one turn's calls are the parts of one content, each with its call's id and name.
    A message without any text is left out, and told: an empty part is a 400 (third parties, 2024).
    ValueError for what has no counterpart.
    """
    turns: list[dict] = []
    system: list[dict] = []
    calls = _Calls()
    before = ""

    for i, message in enumerate(list_at(messages, "messages")):
        place = f"messages[{i}]"
        role = one_of(dict_at(message, place).get("role"), FIELDS, f"{place}.role")
        _tell_lost_fields(message, FIELDS[role], place, lost)

        if role in ("system", "developer"):
            system += _system(message, place, bool(system or turns), lost)
        elif role == "user":
            parts = user_parts(message.get("content"), f"{place}.content", lost)
            _add_turn(turns, "user", parts, place, lost)
        elif role == "assistant":
            _add_turn(turns, "model", _model(message, place, calls, lost), place, lost)
        else:
            part = _result(message, place, calls)
            if before == "tool":
                turns[-1]["parts"].append(part)
            else:
                turns.append({"role": "user", "parts": [part]})
        before = role

    if not turns:
        raise ValueError("messages must hold more than the system's: Gemini's contents are needed")
    return turns, system


def _add_turn(turns: list[dict], role: str, parts: list[dict], place: str, lost: list[str]) -> None:
    if parts:
        turns.append({"role": role, "parts": parts})
    else:
        lost.append(f"{place}: Gemini takes no empty message; left out.")


class _Calls:
    """The calls so far, by the id that each has in OpenAI's messages."""

    def __init__(self):
        # By id: (id at Gemini, name) of the last message's calls without a result, in their order.
        self.open: dict[str, list[tuple[str, str]]] = {}
        self.message: dict[str, str] = {}  # by id: the place of that message
        self.taken: set[str] = set()

    def add(self, own: str, name: str, message: str, i: int) -> str:
        """The id at Gemini of a message's call: its own, or a made one if it is empty or used."""
        made = own if own and own not in self.taken else made_id(f"{message}[{i}]", self.taken)
        self.taken.add(made)
        if self.message.get(own) != message:
            self.message[own] = message
            self.open[own] = []
        self.open[own].append((made, name))
        return made

    def answered(self, own: str, place: str) -> tuple[str, str]:
        """(id at Gemini, name) of the oldest call with this id that has no result yet."""
        if not self.open.get(own):
            raise ValueError(f"{place} must be the id of a call before it, got {shown(own)}")
        return self.open[own].pop(0)


def _tell_lost_fields(message: dict, known: tuple[str, ...], place: str, lost: list[str]) -> None:
    for name in ("audio", "function_call"):
        if message.get(name) is not None:
            got = shown(message[name])
            raise ValueError(f"{place}.{name} has no counterpart at Gemini, got {got}")
    tell_rest(message, known, place, "Gemini's contents have no such field.", lost)


def _system(message: dict, place: str, moved: bool, lost: list[str]) -> list[dict]:
    if message["role"] == "developer":
        lost.append(f"{place}.role: Gemini has no developer; it stands in systemInstruction.")
    elif moved:
        lost.append(
            f"{place}: Gemini has one systemInstruction; this text is a further part of it."
        )
    return [{"text": text} for text in _texts(message.get("content"), f"{place}.content")]


def _texts(content, place: str) -> list[str]:
    """The texts of a `content` that may hold text alone."""
    if isinstance(content, str):
        return [content]
    texts = []
    for i, part in enumerate(list_at(content, place)):
        here = f"{place}[{i}]"
        if dict_at(part, here).get("type") != "text":
            raise ValueError(f"{here}.type must be text, got {shown(part.get('type'))}")
        texts.append(text_at(part.get("text"), f"{here}.text"))
    return texts


def _model(message: dict, place: str, calls: _Calls, lost: list[str]) -> list[dict]:
    """The parts of a model's turn: thoughts, texts that are not empty, calls."""
    parts = []
    if message.get("reasoning_content"):
        thought = text_at(message["reasoning_content"], f"{place}.reasoning_content")
        parts.append({"text": thought, "thought": True})

    texts = [{"text": text} for text in _said(message, place, lost) if text]
    if texts or "thoughtSignature" in signed({}, message):
        *begun, last = texts or [{"text": ""}]
        parts += [*begun, signed(last, message)]

    for i, call in enumerate(list_at(message.get("tool_calls") or [], f"{place}.tool_calls")):
        here = f"{place}.tool_calls[{i}]"
        made = _call(call, here, lost)
        own = text_at(call.get("id") or "", f"{here}.id")
        made = {"id": calls.add(own, made["name"], place, i)} | made
        parts.append(signed({"functionCall": made}, call))
    return parts


def _call(call, place: str, lost: list[str]) -> dict:
    """The name and the arguments of a call."""
    if dict_at(call, place).get("type", "function") != "function":
        raise ValueError(f"{place}.type must be 'function', got {shown(call['type'])}")
    known = ("id", "type", "function", "extra_content", "index")
    tell_rest(call, known, place, "Gemini's calls have no such field.", lost)
    function = dict_at(call.get("function"), f"{place}.function")
    return {
        "name": text_at(function.get("name"), f"{place}.function.name"),
        "args": arguments_at(function.get("arguments"), f"{place}.function.arguments"),
    }


def _said(message: dict, place: str, lost: list[str]) -> list[str]:
    """The texts of an assistant's message; a refusal is one of them."""
    content = message.get("content")
    refusal = message.get("refusal")
    refusals = [text_at(refusal, f"{place}.refusal")] if refusal else []
    if isinstance(content, list):
        parts = [part.get("refusal") for part in content if _is_refusal(part)]
        refusals += [text_at(text, f"{place}.content") for text in parts]
        content = [part for part in content if not _is_refusal(part)]
    if refusals:
        lost.append(f"{place}.refusal: Gemini has no refusal; it is text there.")
    return [*([] if content is None else _texts(content, f"{place}.content")), *refusals]


def _is_refusal(part) -> bool:
    return isinstance(part, dict) and part.get("type") == "refusal"


def _result(message: dict, place: str, calls: _Calls) -> dict:
    own = text_at(message.get("tool_call_id") or "", f"{place}.tool_call_id")
    made, name = calls.answered(own, f"{place}.tool_call_id")
    response = result_object(message.get("content"), f"{place}.content")
    return {"functionResponse": {"id": made, "name": name, "response": response}}


def result_object(content, place: str) -> dict:
    """A tool's result as the object that Gemini wants.

    A text that is a JSON object is that object. Any other one stands under "output", which is
    Gemini's word for what a function returned (google-genai 3.6.1), and so does an object that
    itself has only that key.
    """
    texts = _texts(content, place)
    if len(texts) != 1:
        return {"output": texts}
    value = json_object(texts[0])
    if value is None or value.keys() == {"output"}:
        return {"output": texts[0]}
    return copy.deepcopy(value)
