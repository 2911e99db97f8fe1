"""`tools`, `tool_choice`, `parallel_tool_calls`: what an answer may call, and whether it must."""

from dataclasses import dataclass
from functools import cached_property

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
from samplers.local.request.errors import bad_request, unsupported, wrong_type
from samplers.local.request.response_format import NAME

MOST_TOOLS = 128
LONGEST_DESCRIPTION = 1024  # characters, as at OpenAI
# As at OpenAI, a function without `parameters` takes none.
NO_PARAMETERS = {"type": "object", "properties": {}, "additionalProperties": False}


@dataclass(frozen=True)
class Function:
    """A function's definition.

    `parameters` is its schema, checked. `refuse` makes the error if it cannot be enforced.
    """

    name: str
    description: str | None
    parameters: dict
    refuse: schema.Refuse

    def definition(self) -> dict:
        """The definition as the model reads it."""
        about = {} if self.description is None else {"description": self.description}
        return {"name": self.name, **about, "parameters": self.parameters}


@dataclass(frozen=True)
class Tools:
    """The functions that an answer may call, at most `most` times.

    `forced`: it must call one; else the model decides. `named`: the request itself names the one
    function.
    """

    functions: tuple[Function, ...]
    forced: bool
    most: int
    named: bool = False

    @cached_property
    def grammar(self) -> str:
        """The grammar of the calls."""
        schemas = {function.name: function.parameters for function in self.functions}
        return grammar.of_calls(schemas, self.most)


def tools(body: dict) -> Tools | None:
    """The three fields of a request's body, checked together; None if nothing may be called."""
    if body.get("tools") is None:
        _check_absent(body, "tool_choice", "parallel_tool_calls")
        return None
    choice = body.get("tool_choice")
    if choice is None:
        choice = "auto"
    if isinstance(choice, str):  # as at OpenAI, before the functions' schemas
        one_of("none", "auto", "required")("tool_choice", choice)
    functions = tuple(array(_function, 1, MOST_TOOLS, " of objects")("tools", body["tools"]))
    parallel = body.get("parallel_tool_calls")
    most = grammar.MOST_CALLS
    if parallel is not None and not boolean("parallel_tool_calls", parallel):
        most = 1

    if isinstance(choice, str):
        return None if choice == "none" else Tools(functions, choice == "required", most)
    kind = one_of("function", "allowed_tools")("tool_choice.type", _type("tool_choice", choice))
    if kind == "function":
        return _one_function(functions, choice)
    return _allowed_tools(functions, choice, most)


def _check_absent(body: dict, *names: str) -> None:
    for name in names:
        if body.get(name) is not None:
            message = (
                f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified."
            )
            raise bad_request(message, name)


def _one_function(functions: tuple[Function, ...], choice: dict) -> Tools:
    """For {"type": "function", "function": {"name": …}}."""
    only_fields("tool_choice", choice, "type", "function")
    name = _name("tool_choice.function", required("tool_choice", choice, "function"))
    return Tools(named_functions(functions, [name]), forced=True, most=1, named=True)


def _allowed_tools(functions: tuple[Function, ...], choice: dict, most: int) -> Tools:
    """For {"type": "allowed_tools", "allowed_tools": {"mode": …, "tools": […]}}."""
    place = "tool_choice.allowed_tools"
    only_fields("tool_choice", choice, "type", "allowed_tools")
    allowed = only_fields(place, required("tool_choice", choice, "allowed_tools"), "mode", "tools")
    mode = one_of("auto", "required")("tool_choice.mode", required(place, allowed, "mode"))
    listed = required(place, allowed, "tools")
    names = array(_allowed, 1, MOST_TOOLS)("tool_choice.tools", listed)
    return Tools(named_functions(functions, names), mode == "required", most)


def _type(name: str, value):
    if isinstance(value, dict):
        return required(name, value, "type")
    expected = "an object"
    if name == "tool_choice":
        expected = "one of one of 'none', 'auto', or 'required' or object"
    raise wrong_type(name, expected, value)


def _function(name: str, value) -> Function:
    kind = _type(name, value)
    if kind == "custom":
        raise unsupported(f"{name}.custom", " Use a tool of type 'function'.")
    one_of("function")(f"{name}.type", kind)
    only_fields(name, value, "type", "function")

    place = f"{name}.function"
    function = required(name, value, "function")
    only_fields(place, function, "name", "description", "parameters", "strict")
    title = pattern(NAME, 64)(f"{place}.name", required(place, function, "name"))
    description = function.get("description")
    if description is not None:
        string(LONGEST_DESCRIPTION)(f"{place}.description", description)
    parameters = function.get("parameters")
    if parameters is None:
        parameters = NO_PARAMETERS
    elif not isinstance(parameters, dict):
        raise wrong_type(f"{place}.parameters", "an object", parameters)
    strict = function.get("strict") is not None and boolean(f"{place}.strict", function["strict"])

    code = "invalid_function_parameters"
    refuse = schema.refusal(f"function '{title}'", f"{place}.parameters", code)
    parameters = schema.check_parameters(parameters, strict, refuse)
    return Function(title, description, parameters, refuse)


def _name(name: str, value) -> str:
    return string()(f"{name}.name", required(name, only_fields(name, value, "name"), "name"))


def _allowed(name: str, value) -> str:
    one_of("function")(f"{name}.type", _type(name, value))
    only_fields(name, value, "type", "function")
    return _name(f"{name}.function", required(name, value, "function"))


def named_functions(functions: tuple[Function, ...], names: list[str]) -> tuple[Function, ...]:
    """The functions with these names. ApiError (400) if there is none with one of them."""
    known = {function.name for function in functions}
    for name in names:
        if name not in known:
            message = f"Tool choice '{name[:80]}' not found in 'tools' parameter."
            raise bad_request(message, "tool_choice")
    return tuple(function for function in functions if function.name in names)
