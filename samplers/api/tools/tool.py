"""A typed Python function as a tool for a model: its definition made from its signature, its
arguments checked.
"""

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Optional

from samplers.api.tools.docstring import descriptions


class ToolError(Exception):
    """What a tool's caller, the model, is told when a call fails: a sentence that it can act on."""


@dataclass(frozen=True)
class Tool:
    """A function that a model may ask for. Calling it calls the function; `run` takes what a model
    wrote.

    `definition` is the entry of a request's `tools`; `parameters` the strict schema of the
    arguments.
    """

    name: str
    description: str
    parameters: dict = field(repr=False)
    function: Callable = field(repr=False)
    arguments: type = field(repr=False)  # the pydantic model of the arguments
    optional: frozenset[str] = field(repr=False)  # parameters with a default: null takes it

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)

    @property
    def definition(self) -> dict:
        """What goes into a request: ``client.chat(…, tools=[weather.definition])``."""
        described = {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }
        return {"type": "function", "function": described | {"strict": True}}

    def run(self, arguments: str) -> str:
        """The function's result as text for the model: a str as it is, anything else as JSON.

        `arguments` is the JSON that the model wrote. It is checked, never evaluated: what does not
        fit the parameters raises ToolError, and so does a function that fails.
        """
        from pydantic import ValidationError
        from pydantic_core import to_json

        from samplers.api.structured.schema import problems

        try:
            checked = self.arguments.model_validate_json(arguments or "{}", strict=True)
        except ValidationError as error:
            raise ToolError(f"bad arguments for {self.name}: {problems(error)}") from None
        given = {name: getattr(checked, f"arg_{name}") for name in self.parameters["properties"]}
        given = {
            name: value
            for name, value in given.items()
            if value is not None or name not in self.optional
        }
        try:
            result = self.function(**given)
            text = result if isinstance(result, str) else to_json(result, fallback=str).decode()
            # half a surrogate pair could not be sent on
            return text.encode("utf-8", "replace").decode()
        except Exception as error:
            raise ToolError(f"{self.name} failed: {type(error).__name__}: {error}"[:500]) from error


def tool(function: Callable) -> Tool:
    """Makes a tool of a typed function: ``@tool`` above ``def weather(city: str, unit: Literal["C",
    "F"] = "C")``.

    Types are Python's, dataclasses and pydantic models; what strict schemas cannot express is a
    ValueError (see `strict_schema`). Strict wants every argument: one with a default may be null,
    which then means its default.
    """
    from pydantic import ConfigDict, Field, PydanticUserError, create_model

    from samplers.api.structured.schema import to_strict

    name = getattr(function, "__name__", "")
    if not inspect.isroutine(function) or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name):
        raise ValueError(
            f"function must be a plain function with a name of a-z, A-Z, 0-9 and _, got {function!r:.80}"
        )
    if inspect.iscoroutinefunction(function):
        raise ValueError(f"{name} must be a plain function: an async one has to be awaited")
    description, described = descriptions(function)
    fields, optional = {}, set()
    for parameter, (annotation, default) in _typed(function).items():
        about = described.get(parameter, "")
        if default is inspect.Parameter.empty:
            rule = {}
        else:
            optional.add(parameter)
            annotation = Optional[annotation]  # noqa: UP045 - not every annotation knows |
            about = (
                f"{about} (null: {json.dumps(default, default=str, ensure_ascii=False)})".strip()
            )
            # an endpoint that does not enforce the schema may leave it out
            rule = {"default": None}
        if about:
            rule["description"] = about
        # a name of pydantic's own, such as `copy` or `schema`, may be a parameter: the field has
        # another
        fields[f"arg_{parameter}"] = (annotation, Field(alias=parameter, **rule))
    try:
        model = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
        parameters = to_strict(model.model_json_schema(), name)
    except PydanticUserError as error:
        problem = str(error).partition("\n")[0]
        raise ValueError(f"{name} must have parameters that JSON can pass: {problem}") from None
    return Tool(name, description, parameters, function, model, frozenset(optional))


def _typed(function: Callable) -> dict[str, tuple]:
    """{parameter: (its type, its default)}; ValueError for one that JSON cannot pass or that has no
    type.
    """
    signature = inspect.signature(function, eval_str=True)
    typed = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise ValueError(
                f"{function.__name__}: {parameter} cannot be passed by name, as a model passes arguments"
            )
        if parameter.annotation is parameter.empty:
            raise ValueError(
                f"{function.__name__}: {name} must have a type: the model is told what to pass"
            )
        typed[name] = (parameter.annotation, parameter.default)
    return typed
