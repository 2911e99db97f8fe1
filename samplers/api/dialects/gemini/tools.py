"""Tools and tool_choice as Gemini's functionDeclarations and toolConfig, and back.

A function's schema is sent as `parameters`, in Gemini's own Schema, because every server of this
form reads that. Its sister `parametersJsonSchema` takes JSON Schema as it is; a request may have
one of the two (google-genai 3.6.1, read 2026-11-28), and coming back both are read.
"""

import copy

from samplers.api.dialects.checks import dict_at, list_at, text_at
from samplers.api.dialects.gemini.schema import gemini_schema, json_schema
from samplers.wire.secret import shown

MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}


def declarations(tools, lost: list[str]) -> list[dict]:
    """OpenAI's tools as Gemini's: one entry with all functions. ValueError for another type."""
    functions = [
        _declaration(tool, f"tools[{i}]", lost) for i, tool in enumerate(list_at(tools, "tools"))
    ]
    return [{"functionDeclarations": functions}] if functions else []


def _declaration(tool, place: str, lost: list[str]) -> dict:
    if dict_at(tool, place).get("type", "function") != "function":
        raise ValueError(f"{place}.type must be 'function', got {shown(tool['type'])}")

    place = f"{place}.function"
    function = dict_at(tool.get("function"), place)
    made = {"name": text_at(function.get("name"), f"{place}.name")}
    if function.get("description"):
        made["description"] = text_at(function["description"], f"{place}.description")
    if function.get("parameters") is not None:
        schema = gemini_schema(function["parameters"], f"{place}.parameters", lost)
        if schema.keys() - {"type"}:  # an object without properties is a 400
            made["parameters"] = schema
    if function.get("strict"):
        lost.append(f"{place}.strict: Gemini has none for one function; mode VALIDATED is for all.")
    for key in function:
        if key not in ("name", "description", "parameters", "strict"):
            lost.append(f"{place}.{key}: Gemini's functions have no such field.")
    return made


def tool_config(choice) -> dict:
    """tool_choice as toolConfig. ValueError for one that is none of OpenAI's.

    AUTO is the default; ANY must call, NONE must not; `allowedFunctionNames` go with ANY and with
    VALIDATED, where the model may also answer in text.
    """
    if isinstance(choice, str) and choice in MODES:
        return _config(MODES[choice])

    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind == "function":
        return _config("ANY", [_name(choice, "tool_choice")])
    if kind == "allowed_tools":
        allowed = dict_at(choice.get("allowed_tools"), "tool_choice.allowed_tools")
        place = "tool_choice.allowed_tools.tools"
        tools = list_at(allowed.get("tools"), place)
        names = [_name(tool, f"{place}[{i}]") for i, tool in enumerate(tools)]
        return _config("ANY" if allowed.get("mode") == "required" else "VALIDATED", names)
    raise ValueError(
        "tool_choice must be 'auto', 'none', 'required', a function or allowed_tools, "
        f"got {shown(choice)}"
    )


def _config(mode: str, names: list[str] | None = None) -> dict:
    config = {"mode": mode} | ({"allowedFunctionNames": names} if names else {})
    return {"functionCallingConfig": config}


def _name(tool, place: str) -> str:
    function = dict_at(dict_at(tool, place).get("function"), f"{place}.function")
    return text_at(function.get("name"), f"{place}.function.name")


def openai_tools(tools, lost: list[str]) -> list[dict]:
    """Gemini's tools as OpenAI's; its own ones, such as googleSearch, are lost."""
    made = []
    for i, tool in enumerate(list_at(tools, "tools")):
        for key, value in dict_at(tool, f"tools[{i}]").items():
            place = f"tools[{i}].{key}"
            if key == "functionDeclarations":
                made += [
                    _function(one, f"{place}[{j}]", lost)
                    for j, one in enumerate(list_at(value, place))
                ]
            else:
                lost.append(f"{place}: OpenAI's chat has no such tool.")
    return made


def _function(declaration, place: str, lost: list[str]) -> dict:
    declaration = dict_at(declaration, place)
    made = {"name": text_at(declaration.get("name"), f"{place}.name")}
    if declaration.get("description"):
        made["description"] = declaration["description"]

    made["parameters"] = {"type": "object", "properties": {}}
    if declaration.get("parametersJsonSchema") is not None:
        made["parameters"] = copy.deepcopy(declaration["parametersJsonSchema"])
    elif declaration.get("parameters") is not None:
        made["parameters"] = json_schema(declaration["parameters"], f"{place}.parameters", lost)

    for key in declaration:
        if key not in ("name", "description", "parameters", "parametersJsonSchema"):
            lost.append(f"{place}.{key}: OpenAI's functions have no such field.")
    return {"type": "function", "function": made}


def openai_choice(config, lost: list[str]):
    """toolConfig as tool_choice; None for the default."""
    config = dict_at(config, "toolConfig")
    for key in config:
        if key != "functionCallingConfig":
            lost.append(f"toolConfig.{key}: OpenAI's chat has no such setting.")
    place = "toolConfig.functionCallingConfig"
    calling = dict_at(config.get("functionCallingConfig") or {}, place)
    mode = str(calling.get("mode") or "AUTO").upper()
    names = list_at(calling.get("allowedFunctionNames") or [], f"{place}.allowedFunctionNames")
    functions = [{"type": "function", "function": {"name": name}} for name in names]

    if mode == "VALIDATED":
        lost.append(f"{place}.mode: OpenAI says VALIDATED as strict.")
    if mode == "ANY" and len(functions) == 1:
        return functions[0]
    if functions and mode in ("ANY", "VALIDATED"):
        allowed = {"mode": "required" if mode == "ANY" else "auto", "tools": functions}
        return {"type": "allowed_tools", "allowed_tools": allowed}
    return {"AUTO": "auto", "NONE": "none", "ANY": "required"}.get(mode, "auto")
