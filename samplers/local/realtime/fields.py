"""Checks of the fields that a session and a response have in common.

What this endpoint does not have is refused by its name, unless it is switched off.
"""

from samplers.local.request import checks
from samplers.local.request.errors import unknown, unsupported, wrong_type

LONGEST_TEXT = 64 << 10  # characters: many times what fits into the context
MOST_TOKENS = 4096
INFINITE = "inf"
OFF = {  # fields that this endpoint does not have, and the values that ask for nothing
    "tools": (None, []),
    "tool_choice": (None, "auto", "none"),
    "parallel_tool_calls": (None, True, False),
    "prompt": (None,),
    "reasoning": (None,),
    "tracing": (None,),
    "include": (None, []),
}


def check_names(place: str, value: dict, known: tuple[str, ...]) -> None:
    """ApiError for a field that is not known, or asks for what this endpoint does not have."""
    for name, given in value.items():
        if name in OFF:
            if given not in OFF[name]:
                raise unsupported(f"{place}.{name}")
        elif name not in known:
            raise unknown(f"{place}.{name}", known)


def text(name: str, value) -> str:
    """A text of at most LONGEST_TEXT characters."""
    return checks.string(LONGEST_TEXT)(name, value)


def max_output_tokens(name: str, value) -> int | str:
    """A number of tokens, or "inf"."""
    if value == INFINITE:
        return INFINITE
    if isinstance(value, str):
        raise wrong_type(name, f"an integer or '{INFINITE}'", value)
    return checks.integer(1, MOST_TOKENS)(name, value)


def check_output(place: str, value: dict) -> None:
    """ApiError for audio as the output: here is no voice."""
    name = f"{place}.output_modalities"
    modalities = value.get("output_modalities")
    if modalities is not None:
        modalities = checks.array(checks.one_of("text", "audio"), 1)(name, modalities)
        if modalities != ["text"]:
            raise unsupported(name, " This endpoint has no voice: ask for ['text'].")

    audio = value.get("audio")
    if audio is not None:
        audio = checks.only_fields(f"{place}.audio", audio, "input", "output")
        if audio.get("output"):
            raise unsupported(f"{place}.audio.output", " This endpoint has no voice.")
