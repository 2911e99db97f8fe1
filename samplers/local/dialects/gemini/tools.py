"""functionDeclarations and toolConfig: what an answer may call, and whether it must.

Of the modes AUTO lets the model decide, ANY makes it call, NONE forbids it. VALIDATED lets it
decide, with calls that keep to their schemas: so do all calls here, and it is the same as AUTO.
"""

import re

from samplers.local.dialects.gemini.errors import invalid
from samplers.local.dialects.gemini.formats import as_schema, refusal
from samplers.local.dialects.gemini.schema import json_schema
from samplers.local.engine.grammars.grammar import MOST_CALLS
from samplers.local.request import schema
from samplers.local.request.errors import bad_request
from samplers.local.request.tools import MOST_TOOLS, NO_PARAMETERS, Function, Tools

NAME = r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}"  # as Google's reference describes it
BAD_NAME = (
    "Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, "
    "A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128."
)
CALLING = "tool_config.function_calling_config"
WITH_NAMES = ("ANY", "VALIDATED")  # modes


def tools(request: dict) -> Tools | None:
    """What a request's answer may call; None if nothing. ApiError (400) for what is wrong."""
    functions = _functions(request.get("tools", ()))
    calling = request.get("tool_config", {}).get("function_calling_config", {})
    mode = calling.get("mode", "AUTO").replace("MODE_UNSPECIFIED", "AUTO")
    names = calling.get("allowed_function_names", ())
    if names and mode not in WITH_NAMES:
        text = f"only allowed if mode is {' or '.join(WITH_NAMES)}."
        raise invalid(f"{CALLING}.allowed_function_names", text)
    if not functions:
        if mode in WITH_NAMES:
            raise bad_request("Function calling config is set without function_declarations.")
        return None

    known = {function.name for function in functions}
    for i, name in enumerate(names):
        if name not in known:
            text = f"'{name[:80]}' is not one of the function_declarations."
            raise invalid(f"{CALLING}.allowed_function_names[{i}]", text)
    if mode == "NONE":
        return None
    allowed = tuple(function for function in functions if not names or function.name in names)
    return Tools(allowed, forced=mode == "ANY", most=MOST_CALLS)


def _functions(given: list[dict]) -> list[Function]:
    functions: dict[str, Function] = {}
    for i, tool in enumerate(given):
        for j, declaration in enumerate(tool.get("function_declarations", ())):
            place = f"tools[{i}].function_declarations[{j}]"
            function = _function(declaration, place)
            if function.name in functions:
                raise bad_request(f"Duplicate function declaration found: {function.name}", place)
            functions[function.name] = function
    if len(functions) > MOST_TOOLS:
        raise invalid("tools", f"at most {MOST_TOOLS} function_declarations are supported.")
    return list(functions.values())


def _function(declaration: dict, place: str) -> Function:
    name = declaration.get("name", "")
    if not re.fullmatch(NAME, name):
        raise invalid(f"{place}.name", BAD_NAME)
    if declaration.get("behavior") == "NON_BLOCKING":
        raise invalid(f"{place}.behavior", "NON_BLOCKING is not supported by this model.")
    if "response" in declaration:
        json_schema(declaration["response"], f"{place}.response")
    kinds = [kind for kind in ("parameters", "parameters_json_schema") if kind in declaration]
    if len(kinds) > 1:
        raise invalid(f"{place}.{kinds[1]}", f"only one of {' and '.join(kinds)} can be set.")

    here = f"{place}.{kinds[0]}" if kinds else place
    refuse = refusal(here)
    parameters = NO_PARAMETERS
    if kinds == ["parameters"]:
        parameters = json_schema(declaration["parameters"], here)
    elif kinds:
        # arguments are an object, whether the schema says so or not
        parameters = {"type": "object"} | as_schema(declaration["parameters_json_schema"], here)
    parameters = schema.check(parameters, False, refuse)
    return Function(name, declaration.get("description"), parameters, refuse)
