"""`tools`, `tool_choice` and `parallel_tool_calls`: which functions an answer may call, and whether
it must.
"""

from dataclasses import dataclass
from functools import cached_property

from samplers.local.engine import grammar
from samplers.local.request import schema
from samplers.local.request.checks import (
    array,
    boolean,
    known,
    needed,
    one_of,
    pattern,
    string,
    unsupported,
    wrong_type,
)
from samplers.local.request.errors import bad_request
from samplers.local.request.response_format import NAME

MOST = 128


@dataclass(frozen=True)
class Function:
    """A function's definition; `parameters` is its schema, checked, and `refuse` makes the error if
    it fails later.
    """

    name: str
    description: str | None
    parameters: dict
    refuse: schema.Refuse

    def told(self) -> dict:
        """The definition for the model."""
        about = {} if self.description is None else {"description": self.description}
        return {"name": self.name, **about, "parameters": self.parameters}


@dataclass(frozen=True)
class Tools:
    """The functions that an answer may call, at most `most` times; it must if `forced`, else the
    model decides. `named`: the request itself names the one function.
    """

    functions: tuple[Function, ...]
    forced: bool
    most: int
    named: bool = False

    @cached_property
    def grammar(self) -> str:
        """The grammar of the calls."""
        return grammar.of_calls(
            {function.name: function.parameters for function in self.functions}, self.most
        )


def tools(body: dict) -> Tools | None:
    """The three fields of a request's body, checked together; None if nothing may be called."""
    given, choice, parallel = (
        body.get(name) for name in ("tools", "tool_choice", "parallel_tool_calls")
    )
    if given is None:
        for name, value in (("tool_choice", choice), ("parallel_tool_calls", parallel)):
            if value is not None:
                message = f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified."
                raise bad_request(message, name)
        return None
    functions = tuple(array(_function, 1, MOST, " of objects")("tools", given))
    most = grammar.MOST_CALLS if parallel is None or boolean("parallel_tool_calls", parallel) else 1
    if choice is None or isinstance(choice, str):
        mode = one_of("none", "auto", "required")("tool_choice", choice or "auto")
        return None if mode == "none" else Tools(functions, mode == "required", most)
    kind = one_of("function", "allowed_tools")("tool_choice.type", _type("tool_choice", choice))
    if kind == "function":
        known("tool_choice", choice, "type", "function")
        name = _name("tool_choice.function", needed("tool_choice", choice, "function"))
        return Tools(_named(functions, [name]), True, 1, named=True)
    known("tool_choice", choice, "type", "allowed_tools")
    allowed = known(
        "tool_choice.allowed_tools", needed("tool_choice", choice, "allowed_tools"), "mode", "tools"
    )
    mode = one_of("auto", "required")(
        "tool_choice.mode", needed("tool_choice.allowed_tools", allowed, "mode")
    )
    names = array(_allowed, 1, MOST)(
        "tool_choice.tools", needed("tool_choice.allowed_tools", allowed, "tools")
    )
    return Tools(_named(functions, names), mode == "required", most)


def _type(name: str, value):
    if not isinstance(value, dict):
        expected = (
            "one of one of 'none', 'auto', or 'required' or object"
            if name == "tool_choice"
            else "an object"
        )
        raise wrong_type(name, expected, value)
    return needed(name, value, "type")


def _function(name: str, value) -> Function:
    kind = _type(name, value)
    if kind == "custom":
        raise unsupported(f"{name}.custom", " Use a tool of type 'function'.")
    one_of("function")(f"{name}.type", kind)
    known(name, value, "type", "function")
    where = f"{name}.function"
    about = known(
        where, needed(name, value, "function"), "name", "description", "parameters", "strict"
    )
    title = pattern(NAME, 64)(f"{where}.name", needed(where, about, "name"))
    description, parameters = about.get("description"), about.get("parameters")
    if description is not None:
        string()(f"{where}.description", description)
    if parameters is None:
        # as OpenAI: takes none
        parameters = {"type": "object", "properties": {}, "additionalProperties": False}
    elif not isinstance(parameters, dict):
        raise wrong_type(f"{where}.parameters", "an object", parameters)
    strict = about.get("strict") is not None and boolean(f"{where}.strict", about["strict"])
    refuse = schema.refusal(
        f"function '{title}'", f"{where}.parameters", "invalid_function_parameters"
    )
    return Function(title, description, schema.check_parameters(parameters, strict, refuse), refuse)


def _name(name: str, value) -> str:
    return string()(f"{name}.name", needed(name, known(name, value, "name"), "name"))


def _allowed(name: str, value) -> str:
    one_of("function")(f"{name}.type", _type(name, value))
    known(name, value, "type", "function")
    return _name(f"{name}.function", needed(name, value, "function"))


def _named(functions: tuple[Function, ...], names: list[str]) -> tuple[Function, ...]:
    for name in names:
        if name not in (function.name for function in functions):
            message = f"Tool choice '{name[:80]}' not found in 'tools' parameter."
            raise bad_request(message, "tool_choice")
    return tuple(function for function in functions if function.name in names)
