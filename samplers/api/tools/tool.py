"""A typed Python function as a tool for a model.

Its signature becomes the tool's definition; the arguments that the model writes are checked.
"""

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Optional

from samplers.api.structured.schema import problems, to_strict
from samplers.api.tools.docstring import descriptions


class ToolError(Exception):
    """Why a call failed, in a sentence for the model, which made the call and can act on it."""


@dataclass(frozen=True)
class Tool:
    """A function that a model may call. Calling a Tool calls the function.

    `parameters`: the strict schema of its arguments.
    """

    name: str
    description: str
    parameters: dict = field(repr=False)
    function: Callable = field(repr=False)
    arguments: type = field(repr=False)  # the pydantic model of the arguments
    optional: frozenset[str] = field(repr=False)  # parameters with a default: null stands for it

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)

    @property
    def definition(self) -> dict:
        """Its entry in a request: ``client.chat(…, tools=[weather.definition])``."""
        function = {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
            "strict": True,
        }
        return {"type": "function", "function": function}

    def run(self, arguments: str) -> str:
        """The function's result as text for the model: a str as it is, anything else as JSON.

        `arguments` is the JSON that the model wrote. It is checked and never evaluated. ToolError
        if it does not fit the parameters, or if the function fails.
        """
        from pydantic_core import to_json  # here, for a fast start: many programs use no tools

        checked = self._check(arguments)
        try:
            result = self.function(**checked)
            text = result if isinstance(result, str) else to_json(result, fallback=str).decode()
            # half a surrogate pair could not be sent
            return text.encode("utf-8", "replace").decode()
        except Exception as error:
            raise ToolError(f"{self.name} failed: {type(error).__name__}: {error}"[:500]) from error

    def _check(self, arguments: str) -> dict:
        """The arguments by name, as Python objects. Those that take their default are left out."""
        from pydantic import ValidationError  # here, for a fast start

        try:
            checked = self.arguments.model_validate_json(arguments or "{}", strict=True)
        except ValidationError as error:
            raise ToolError(f"bad arguments for {self.name}: {problems(error)}") from None

        values = {name: getattr(checked, f"arg_{name}") for name in self.parameters["properties"]}
        return {
            name: value
            for name, value in values.items()
            if value is not None or name not in self.optional
        }


def tool(function: Callable) -> Tool:
    """Makes a tool of a typed function, whose docstring describes it (see `descriptions`).

    ::

        @tool
        def weather(city: str, unit: Literal["C", "F"] = "C") -> str: …

    A type may be one of Python's, a dataclass or a pydantic model. ValueError for one that a strict
    schema cannot express (see `strict_schema`). A strict schema requires every argument: one with a
    default may be null, and null means the default.
    """
    from pydantic import ConfigDict, PydanticUserError, create_model  # here, for a fast start

    name = getattr(function, "__name__", "")
    if not inspect.isroutine(function) or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name):
        raise ValueError(
            "function must be a plain function with a name of a-z, A-Z, 0-9 and _, "
            f"got {function!r:.80}"
        )
    if inspect.iscoroutinefunction(function):
        raise ValueError(f"{name} must be a plain function: an async one has to be awaited")

    description, described = descriptions(function)
    parameters = _parameters(function)
    # Pydantic's own names, such as `copy` or `schema`, may be parameters: arg_… never collides.
    fields = {f"arg_{p.name}": _field(p, described.get(p.name, "")) for p in parameters}
    try:
        arguments = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
        schema = to_strict(arguments.model_json_schema(), name)
    except PydanticUserError as error:
        problem = str(error).partition("\n")[0]
        raise ValueError(f"{name} must have parameters that JSON can pass: {problem}") from None

    optional = frozenset(p.name for p in parameters if p.default is not p.empty)
    return Tool(name, description, schema, function, arguments, optional)


def _parameters(function: Callable) -> list[inspect.Parameter]:
    """The function's parameters. ValueError for one that has no type or no name in a call."""
    parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    for parameter in parameters:
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise ValueError(
                f"{function.__name__}: {parameter} cannot be passed by name, "
                "as a model passes arguments"
            )
        if parameter.annotation is parameter.empty:
            raise ValueError(
                f"{function.__name__}: {parameter.name} must have a type: "
                "the model is told what to pass"
            )
    return parameters


def _field(parameter: inspect.Parameter, description: str) -> tuple:
    """A parameter as a field of a pydantic model: (its type, its rules)."""
    from pydantic import Field  # here, for a fast start

    name = parameter.name
    if parameter.default is parameter.empty:
        return parameter.annotation, Field(alias=name, description=description or None)

    default = json.dumps(parameter.default, default=str, ensure_ascii=False)
    description = f"{description} (null: {default})".strip()
    # A default for pydantic, because an endpoint that ignores the schema may leave it out.
    rules = Field(alias=name, description=description, default=None)
    return Optional[parameter.annotation], rules  # noqa: UP045 - not every type knows |
