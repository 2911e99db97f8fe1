"""A typed Python function as a tool for a model.

Its signature becomes the tool's definition; the arguments that the model writes are checked.
"""

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from samplers.api.structured.elements import read_elements
from samplers.api.structured.json_text import check_json
from samplers.api.structured.schema import problems, to_strict
from samplers.api.tools.docstring import descriptions
from samplers.api.tools.parameters import Parameter, parameters_of, with_defaults
from samplers.api.tools.plain_json import sendable, to_text

MAX_ERROR = 500  # characters of a function's own error that the model gets to read


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
        if it does not fit the parameters, or if the function fails. `plain_json` says what becomes
        of values that JSON lacks.
        """
        checked = self._check(arguments)
        try:
            return to_text(self.function(**checked))
        except Exception as error:
            message = f"{self.name} failed: {type(error).__name__}: {error}"
            raise ToolError(sendable(message[:MAX_ERROR])) from error

    def _check(self, arguments: str) -> dict:
        """The arguments by name, as Python objects. Those that take their default are left out."""
        from pydantic import ValidationError  # here, for a fast start: many programs use no tools

        arguments = arguments or "{}"
        try:
            check_json(arguments)
            checked = self.arguments.model_validate_json(arguments, strict=True)
            names = self.parameters["properties"]
            values = read_elements({name: getattr(checked, f"arg_{name}") for name in names})
        except ValidationError as error:
            raise ToolError(f"bad arguments for {self.name}: {problems(error)}") from None
        except ValueError as error:
            raise ToolError(f"bad arguments for {self.name}: {error}") from None

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

    A type may be one of Python's, a dataclass or a pydantic model, with pydantic's Field for its
    range, default or description. ValueError for one that a strict schema cannot express (see
    `strict_schema`). A strict schema requires every argument: one with a default may be null, and
    null means the default.
    """
    name = getattr(function, "__name__", "")
    if not inspect.isroutine(function) or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name):
        raise ValueError(
            "function must be a plain function with a name of a-z, A-Z, 0-9 and _, "
            f"got {function!r:.80}"
        )
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise ValueError(f"{name} must be a plain function: an async one has to be awaited")

    try:
        description, described = descriptions(function)
    except ValueError as error:  # some functions written in C have no signature
        raise ValueError(f"{name} must have a signature that Python can read: {error}") from None
    parameters = parameters_of(function, described, _scope(function, sys._getframe(1)))
    arguments, schema = _arguments(name, parameters)
    optional = frozenset(p.name for p in parameters if not p.is_required)
    called = with_defaults(function, parameters)
    return Tool(name, description, to_strict(schema, name), called, arguments, optional)


def _scope(function: Callable, frame: FrameType) -> dict:
    """The names at the place where `function` is made, if that is in `frame`: perhaps in another
    function, whose classes no module knows.
    """
    module = getattr(inspect.unwrap(function), "__globals__", None)
    return frame.f_locals if frame.f_globals is module else {}


def _arguments(name: str, parameters: list[Parameter]) -> tuple[type, dict]:
    """(the pydantic model of a call's arguments, its JSON schema).

    ValueError that names the first parameter whose type pydantic refuses.
    """
    from pydantic import ConfigDict, PydanticUserError, create_model  # here, for a fast start
    from pydantic_core import SchemaError

    # Pydantic's own names, such as `copy` or `schema`, may be parameters: arg_… never collides.
    fields = {f"arg_{p.name}": p.field() for p in parameters}
    config = ConfigDict(extra="forbid", allow_inf_nan=False)
    try:
        model = create_model(name, __config__=config, **fields)
        return model, model.model_json_schema()
    except (PydanticUserError, SchemaError, NameError, TypeError) as error:
        if len(parameters) > 1:
            for parameter in parameters:
                _arguments(name, [parameter])
        text = str(error)
        if isinstance(error, PydanticUserError):
            text, _, _ = text.partition("\n")  # what follows is advice, and a link
        raise ValueError(
            f"{name} must have parameters that JSON can pass: "
            f"{parameters[0].name}: {' '.join(text.split())}"
        ) from None
