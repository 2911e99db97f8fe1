"""Tools and how they may be called, from OpenAI's form to Anthropic's and back."""

from samplers.api.dialects.anthropic.leftovers import say_rest, without_nulls
from samplers.api.dialects.checks import dict_at, list_at, one_of, text_at
from samplers.wire.secret import shown

PARAMETERS = ("tools", "tool_choice", "parallel_tool_calls")
_NO_PARAMETERS = {"type": "object", "properties": {}}


def tools_to_anthropic(body: dict, lost: list[str]) -> dict:
    """`tools` and `tool_choice` of Anthropic's request, of an OpenAI request's body.

    "No parallel calls" is part of Anthropic's choice (`disable_parallel_tool_use`). A choice among
    some of the tools sends only those.
    """
    given = list_at(body.get("tools", []), "tools")
    tools = [_tool(tool, f"tools[{i}]", lost) for i, tool in enumerate(given)]
    choice, named = _choice(body.get("tool_choice"))
    if named is not None:
        tools = [tool for tool in tools if tool["name"] in named]
    if not tools:
        if choice and choice["type"] in ("any", "tool"):
            lost.append("tool_choice: Anthropic takes a choice only with tools; left out.")
        return {}

    if body.get("parallel_tool_calls") is False and (choice or {}).get("type") != "none":
        choice = (choice or {"type": "auto"}) | {"disable_parallel_tool_use": True}
    return {"tools": tools} | ({"tool_choice": choice} if choice else {})


def tools_to_openai(body: dict, lost: list[str]) -> dict:
    """`tools`, `tool_choice` and `parallel_tool_calls` of OpenAI's request, of Anthropic's body."""
    given = list_at(body.get("tools", []), "tools")
    tools = [_function(tool, f"tools[{i}]", lost) for i, tool in enumerate(given)]
    found = {"tools": tools} if tools else {}
    choice = body.get("tool_choice")
    if choice is None:
        return found

    choice = dict_at(choice, "tool_choice")
    say_rest(choice, ("type", "name", "disable_parallel_tool_use"), "tool_choice", lost, "OpenAI")
    words = {"auto": "auto", "any": "required", "none": "none"}
    kind = one_of(choice.get("type"), (*words, "tool"), "tool_choice.type")
    if kind == "tool":
        name = text_at(choice.get("name"), "tool_choice.name")
        found["tool_choice"] = {"type": "function", "function": {"name": name}}
    else:
        found["tool_choice"] = words[kind]
    if choice.get("disable_parallel_tool_use"):
        found["parallel_tool_calls"] = False
    return found


def _tool(tool, place: str, lost: list[str]) -> dict:
    kind = dict_at(tool, place).get("type")
    if kind != "function":
        raise ValueError(f"{place}.type must be 'function', got {shown(kind)}")
    say_rest(tool, ("type", "function"), place, lost, "Anthropic")

    place = f"{place}.function"
    function = without_nulls(dict_at(tool.get("function"), place))
    say_rest(
        function, ("name", "description", "parameters", "strict"), place, lost, "Anthropic's tool"
    )
    schema = dict_at(function.get("parameters", _NO_PARAMETERS), f"{place}.parameters")
    schema = {"type": "object"} | schema  # Anthropic wants it said
    if schema["type"] != "object":
        raise ValueError(f"{place}.parameters.type must be 'object', got {shown(schema['type'])}")

    found = {"name": text_at(function.get("name"), f"{place}.name")}
    found |= {name: function[name] for name in ("description", "strict") if name in function}
    return found | {"input_schema": schema}


def _choice(choice) -> tuple[dict | None, set[str] | None]:
    """Anthropic's tool_choice, and the names of the tools to send if not all."""
    words = {"auto": "auto", "required": "any", "none": "none"}
    if choice is None:
        return None, None
    if isinstance(choice, str) and choice in words:
        return {"type": words[choice]}, None

    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind == "function":
        return {"type": "tool", "name": _name_of(choice, "tool_choice")}, None
    if kind == "allowed_tools":
        place = "tool_choice.allowed_tools"
        allowed = dict_at(choice.get(kind), place)
        mode = one_of(allowed.get("mode"), ("auto", "required"), f"{place}.mode")
        tools = list_at(allowed.get("tools"), f"{place}.tools")
        named = {_name_of(tool, f"{place}.tools[{i}]") for i, tool in enumerate(tools)}
        return {"type": words[mode]}, named
    raise ValueError(
        "tool_choice must be auto, required, none, or an object of the type function or "
        f"allowed_tools, got {shown(choice)}"
    )


def _name_of(tool, place: str) -> str:
    function = dict_at(dict_at(tool, place).get("function"), f"{place}.function")
    return text_at(function.get("name"), f"{place}.function.name")


def _function(tool, place: str, lost: list[str]) -> dict:
    kind = dict_at(tool, place).get("type")
    if kind not in (None, "custom"):
        raise ValueError(
            f"{place}.type must be 'custom' (Anthropic's own tools are not OpenAI's), "
            f"got {shown(kind)}"
        )
    known = ("type", "name", "description", "input_schema", "strict")
    say_rest(tool, known, place, lost, "OpenAI's function")
    function = {"name": text_at(tool.get("name"), f"{place}.name")}
    function |= {
        name: tool[name] for name in ("description", "strict") if tool.get(name) is not None
    }
    function["parameters"] = dict_at(tool.get("input_schema"), f"{place}.input_schema")
    return {"type": "function", "function": function}
