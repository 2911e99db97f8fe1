"""Answers of Gemini's, for the tests that read them."""

from samplers.api.dialects.gemini import answer
from samplers.api.results import Completion

USAGE = {"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": 13}


def reply(*parts: dict, finish: str | None = "STOP", **more) -> dict:
    """An answer with one candidate of these parts."""
    candidate = {"content": {"role": "model", "parts": list(parts)}}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "usageMetadata": USAGE, "modelVersion": "m", **more}


def call_part(city: str, **more) -> dict:
    return {"functionCall": {"name": "weather", "args": {"city": city}, **more}}


def read(body: dict) -> Completion:
    """What our client reads out of the chat.completion."""
    return Completion.from_wire(answer(body).body)
