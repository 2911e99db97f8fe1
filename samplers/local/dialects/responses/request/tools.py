"""`tools` and `tool_choice` in Responses' flat form.

`strict` may be left out: then a schema that already fits the strict subset is strict, and the
response's echo says which. OpenAI normalises it likewise (2026-09, third-party); Chat does not.
"""

from dataclasses import dataclass

from samplers.local.engine.grammars import grammar
from samplers.local.request import schema
from samplers.local.request.checks import (
    array,
    boolean,
    one_of,
    only_fields,
    pattern,
    required,
    string,
)
from samplers.local.request.errors import (
    ApiError,
    bad_request,
    missing,
    unsupported,
    wrong_type,
    wrong_value,
)
from samplers.local.request.response_format import NAME
from samplers.local.request.tools import (
    MOST_TOOLS,
    NO_PARAMETERS,
    Function,
    Tools,
    named_functions,
)
from samplers.wire.strict import strict_faults
from samplers.wire.subschemas import depth

LONGEST_NAME = 128  # characters
CHOICES = ("none", "auto", "required")
# OpenAI's tools that its own servers run, and others that this endpoint has not.
HOSTED = (
    *("file_search", "web_search", "web_search_2025_08_26", "web_search_preview"),
    *("web_search_preview_2025_03_11", "computer", "computer_use_preview", "code_interpreter"),
    *("image_generation", "mcp"),
)
OTHERS = (
    *("custom", "local_shell", "shell", "apply_patch", "namespace", "tool_search"),
    "programmatic_tool_calling",
)
KINDS = ("function", *HOSTED, *OTHERS)


@dataclass(frozen=True)
class Tool:
    """A tool of a request, as the response repeats it. `function` is None if it is none."""

    echo: dict
    function: Function | None


def request_tools(name: str, value) -> list[Tool]:
    """The tools, each checked. Those that are no functions are refused later: `refuse_others`."""
    return array(_tool, 0, MOST_TOOLS, " of tools")(name, value)


def refuse_others(tools: list[Tool], model: str) -> None:
    """ApiError (400) for a tool that is not a function."""
    for i, tool in enumerate(tools):
        kind = tool.echo["type"]
        if kind in HOSTED:  # OpenAI's sentence (2025-10, third-party)
            raise bad_request(f"Hosted tool '{kind}' is not supported with {model}.", "tools")
        if kind != "function":
            message = (
                f"Unsupported value: '{kind}' is not supported with the '{model}' model. "
                "Supported values are: 'function'."
            )
            raise bad_request(message, f"tools[{i}].type", "unsupported_value")


def _tool(name: str, value) -> Tool:
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    if value.get("type") is None:
        raise missing(f"{name}.type")
    kind = value["type"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise wrong_value(f"{name}.type", kind if isinstance(kind, str) else "", KINDS)
    return _function(name, value) if kind == "function" else Tool({"type": kind}, None)


def _function(name: str, value: dict) -> Tool:
    # the name first: a tool in Chat's form lacks it
    title = pattern(NAME, LONGEST_NAME)(f"{name}.name", required(name, value, "name"))
    fields = ("type", "name", "description", "parameters", "strict")
    only_fields(name, value, *fields, "allowed_callers", "async", "async_", "defer_loading")
    _check_no_more(name, value)

    description = value.get("description")
    if description is not None:
        string()(f"{name}.description", description)
    parameters = value.get("parameters")
    if parameters is None:
        parameters = NO_PARAMETERS
    elif not isinstance(parameters, dict):
        raise wrong_type(f"{name}.parameters", "an object", parameters)
    strict = value.get("strict")
    strict = _fits(parameters) if strict is None else boolean(f"{name}.strict", strict)

    code = "invalid_function_parameters"
    refuse = schema.refusal(f"function '{title}'", f"{name}.parameters", code)
    checked = schema.check_parameters(parameters, strict, refuse)
    echo = {"type": "function", "name": title, "description": description}
    echo |= {"parameters": parameters, "strict": strict}
    return Tool(echo, Function(title, description, checked, refuse))


def _check_no_more(name: str, value: dict) -> None:
    """What a function has that only OpenAI's own programs and search of tools need."""
    if value.get("allowed_callers") is not None:
        array(one_of("direct"), 1)(f"{name}.allowed_callers", value["allowed_callers"])
    for field in ("async", "async_", "defer_loading"):
        if value.get(field) is not None and boolean(f"{name}.{field}", value[field]):
            raise unsupported(f"{name}.{field}")


def _fits(parameters: dict) -> bool:
    """Whether a schema is in the strict subset."""
    too_deep = depth(parameters) > schema.MAX_DEPTH
    return not too_deep and next(strict_faults(parameters), None) is None


def tool_choice(name: str, value) -> str | dict:
    """The choice, checked by itself, as the response repeats it."""
    if isinstance(value, str):
        return one_of(*CHOICES)(name, value)
    if not isinstance(value, dict):
        raise wrong_type(name, "one of an object or 'none', 'auto', or 'required'", value)
    kind = required(name, value, "type")
    kinds = ("function", "allowed_tools", *HOSTED, *OTHERS)
    one_of(*kinds)(f"{name}.type", kind)
    if kind == "function":
        title = string()(f"{name}.name", required(name, value, "name"))
        only_fields(name, value, "type", "name")
        return {"type": kind, "name": title}
    if kind != "allowed_tools":
        return {"type": kind}
    only_fields(name, value, "type", "mode", "tools")
    mode = one_of("auto", "required")(f"{name}.mode", required(name, value, "mode"))
    allowed = array(_allowed, 1, MOST_TOOLS)(f"{name}.tools", required(name, value, "tools"))
    return {"type": kind, "mode": mode, "tools": allowed}


def _allowed(name: str, value) -> dict:
    if not isinstance(value, dict):
        raise wrong_type(name, "an object", value)
    kind = one_of(*KINDS)(f"{name}.type", required(name, value, "type"))
    if kind != "function":
        return {"type": kind}
    only_fields(name, value, "type", "name")
    return {"type": kind, "name": string()(f"{name}.name", required(name, value, "name"))}


def callable_tools(tools: list[Tool], choice: str | dict, parallel: bool) -> Tools | None:
    """What an answer may call, None for nothing. ApiError (400) for a choice of what is not there.

    Tools that are no functions are left out: `refuse_others` comes later.
    """
    functions = tuple(tool.function for tool in tools if tool.function is not None)
    most = grammar.MOST_CALLS if parallel else 1
    if isinstance(choice, str):
        if choice == "required" and not tools:
            message = "Tool choice 'required' must be specified with 'tools' parameter."
            raise bad_request(message, "tool_choice")
        forced = choice == "required"
        return Tools(functions, forced, most) if functions and choice != "none" else None

    if choice["type"] == "function":
        chosen = named_functions(functions, [choice["name"]])
        return Tools(chosen, forced=True, most=1, named=True)
    if choice["type"] != "allowed_tools":
        _check_kinds(tools, [choice["type"]])
        return None
    _check_kinds(tools, [each["type"] for each in choice["tools"]])
    names = [each["name"] for each in choice["tools"] if each["type"] == "function"]
    chosen = named_functions(functions, names)
    return Tools(chosen, choice["mode"] == "required", most) if chosen else None


def _check_kinds(tools: list[Tool], kinds: list[str]) -> None:
    given = {tool.echo["type"] for tool in tools}
    for kind in kinds:
        if kind not in given and kind != "function":
            raise _not_there(kind)


def _not_there(kind: str) -> ApiError:
    return bad_request(f"Tool choice '{kind}' not found in 'tools' parameter.", "tool_choice")
