"""`tools` and `tool_choice`: what an answer may call, and whether it must.

Anthropic's own tools, such as web search, are refused; so is what needs them.
"""

import json

from samplers.local.dialects.anthropic.blocks import CACHE
from samplers.local.dialects.anthropic.checks import (
    MISSING,
    boolean,
    items,
    literal,
    mapping,
    nullable,
    pattern,
    record,
    string,
    tagged,
    wrong,
)
from samplers.local.dialects.anthropic.schemas import checked_schema
from samplers.local.engine.grammars.grammar import MOST_CALLS
from samplers.local.request.errors import bad_request, short
from samplers.local.request.tools import Function, Tools

NAME = r"[a-zA-Z0-9_-]{1,128}"
MOST_TOOLS = 128  # ours, as many as the endpoint takes in OpenAI's form
_PARALLEL = {"disable_parallel_tool_use": boolean}


def _not_deferred(place: str, value) -> bool:
    if boolean(place, value):
        raise wrong(place, "there is no tool search on this model")
    return value


def _direct(place: str, value) -> list[str]:
    callers = items(string)(place, value)
    if callers != ["direct"]:
        raise wrong(place, "there is no code execution tool on this model, only 'direct'")
    return callers


_TOOL = record(
    {"name": pattern(NAME), "input_schema": mapping},
    {
        "type": nullable(literal("custom")),
        "description": string,
        **CACHE,
        "strict": boolean,
        "eager_input_streaming": nullable(boolean),  # here arguments always come as they are made
        "input_examples": items(mapping),
        "defer_loading": _not_deferred,
        "allowed_callers": _direct,
    },
)


choice = tagged(
    {
        "auto": record({}, _PARALLEL),
        "any": record({}, _PARALLEL),
        "tool": record({"name": string}, _PARALLEL),
        "none": record({}, {}),
    }
)


def tool(place: str, value) -> Function:
    """A tool -> its function."""
    kind = mapping(place, value).get("type")
    if kind is not None and string(f"{place}.type", kind) != "custom":
        raise wrong(place, f"this model does not support tool types: {short(kind)}")
    place = f"{place}.custom"
    checked = _TOOL(place, value)
    schema_place = f"{place}.input_schema"
    schema = dict(checked["input_schema"])
    if "type" not in schema:
        raise wrong(f"{schema_place}.type", MISSING)
    if schema["type"] != "object":
        raise wrong(f"{schema_place}.type", "Input should be 'object'")
    for name in ("properties", "required"):
        if name in schema and schema[name] is None:  # as Anthropic's SDK has it
            del schema[name]

    parameters, refuse = checked_schema(schema_place, schema, checked.get("strict", False))
    return Function(checked["name"], _description(place, checked), parameters, refuse)


def _description(place: str, checked: dict) -> str | None:
    """A tool's description, with its examples, as the model reads it."""
    description = checked.get("description")
    examples = checked.get("input_examples")
    if not examples:
        return description
    try:
        lines = [json.dumps(example, ensure_ascii=False) for example in examples]
    except RecursionError:
        raise wrong(f"{place}.input_examples", "it is nested too deep") from None
    return "\n".join([*([description] if description else []), "Examples:", *lines])


def tools(place: str, value) -> tuple[Function, ...]:
    """The tools of a request, which have different names."""
    if isinstance(value, list) and len(value) > MOST_TOOLS:
        raise wrong(place, f"this endpoint takes at most {MOST_TOOLS}")
    functions = tuple(items(tool)(place, value))
    names = {function.name for function in functions}
    if len(names) < len(functions):
        raise wrong(place, "Tool names must be unique.")
    return functions


def callable_tools(functions: tuple[Function, ...], chosen: dict | None) -> Tools | None:
    """What an answer may call; None for nothing. ApiError (400) for a choice that does not fit.

    A tool that the request names is called once, as in OpenAI's form.
    """
    if not functions:
        if chosen is not None:
            text = "may only be specified while providing tools"
            raise bad_request(f"tool_choice.{chosen['type']} {text}", "tool_choice")
        return None
    kind = "auto" if chosen is None else chosen["type"]
    if kind == "none":
        return None
    if kind == "tool":
        named = tuple(each for each in functions if each.name == chosen["name"])
        if not named:
            text = f"Tool '{chosen['name'][:80]}' not found in provided tools"
            raise bad_request(text, "tool_choice")
        return Tools(named, forced=True, most=1, named=True)
    alone = chosen is not None and chosen.get("disable_parallel_tool_use", False)
    return Tools(functions, kind == "any", 1 if alone else MOST_CALLS)
