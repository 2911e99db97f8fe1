"""The parameters of a function that becomes a tool: their types, defaults and descriptions."""

import functools
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Optional

from samplers.api.tools.annotations import annotated, checkable, resolved
from samplers.api.tools.plain_json import plain


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function.

    `info`: pydantic's FieldInfo, which joins the type, its constraints and the default.
    """

    name: str
    description: str
    info: Any
    is_in_field: bool  # the default is in a Field, such as Field(3), and must be passed

    @property
    def type(self):
        """The type with its constraints."""
        return annotated(self.info.annotation, self.info.metadata)

    @property
    def is_required(self) -> bool:
        return self.info.is_required()

    def default(self, arguments: dict):
        """The default beside these other arguments; a factory makes a new one each time."""
        return self.info.get_default(call_default_factory=True, validated_data=arguments)

    def field(self) -> tuple:
        """The parameter as a field of a pydantic model: (its type, its rules)."""
        from pydantic import Field  # here, for a fast start

        rules = {
            "alias": self.name,
            "description": self.description or None,
            "discriminator": self.info.discriminator,
            "json_schema_extra": self.info.json_schema_extra,
        }
        if self.is_required:
            return self.type, Field(**rules)

        rules["description"] = f"{self.description} (null: {self._default_as_json()})".strip()
        # A default for pydantic, because an endpoint that ignores the schema may leave it out.
        return Optional[self.type], Field(**rules, default=None)  # noqa: UP045 - not all know |

    def _default_as_json(self) -> str:
        """The default as JSON that fits the type; "the default" where there is none.

        What a factory makes is told if the factory is a type, such as list: others may make another
        value in each call.
        """
        from pydantic import TypeAdapter  # here, for a fast start

        factory = self.info.default_factory
        if factory is not None and not isinstance(factory, type):
            return "the default"
        try:
            default = self.default({})
            text = json.dumps(plain(default), ensure_ascii=False)
            if default is not None:
                TypeAdapter(self.type).validate_json(text, strict=True)
        except Exception:  # the type's validators and the default's methods may raise anything
            return "the default"
        # infinity is null in JSON, and null where nothing else says so is None
        return text if text != "null" or default is None else "the default"


def parameters_of(function: Callable, described: dict[str, str], scope: dict) -> list[Parameter]:
    """The function's parameters. ValueError for one that has no type or no name in a call.

    `described`: {parameter: its description}. `scope`: the names at the place where the function is
    made, for types that are written as text.
    """
    return [
        _parameter(parameter, described.get(parameter.name, ""), function, scope)
        for parameter in inspect.signature(function).parameters.values()
    ]


def _parameter(
    parameter: inspect.Parameter, described: str, function: Callable, scope: dict
) -> Parameter:
    from pydantic.fields import FieldInfo  # here, for a fast start

    place = f"{function.__name__}: {parameter.name}"
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise ValueError(
            f"{function.__name__}: {parameter} cannot be passed by name, "
            "as a model passes arguments"
        )
    if parameter.annotation is parameter.empty:
        raise ValueError(f"{place} must have a type: the model is told what to pass")
    try:
        kind = checkable(resolved(parameter.annotation, function, scope))
    except Exception as error:  # the text of a type may be any expression
        raise ValueError(
            f"{place} must have a type that is defined, got {parameter.annotation!r:.200} ({error})"
        ) from None

    if parameter.default is parameter.empty:
        info = FieldInfo.from_annotation(kind)
        is_in_field = not info.is_required()
    else:
        info = FieldInfo.from_annotated_attribute(kind, parameter.default)
        is_in_field = isinstance(parameter.default, FieldInfo)
    described = described or info.description or _annotated_text(info.metadata)
    return Parameter(parameter.name, described, info, is_in_field)


def _annotated_text(metadata: list) -> str:
    """The text of Annotated[int, "how many"], or of PEP 727's Doc("how many"); "" if none."""
    texts = [getattr(extra, "documentation", extra) for extra in metadata]
    return next((text for text in texts if isinstance(text, str)), "")


def with_defaults(function: Callable, parameters: list[Parameter]) -> Callable:
    """`function` with the defaults that are in a Field, in place of the Field itself."""
    in_fields = [p for p in parameters if p.is_in_field]
    if not in_fields:
        return function
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args, **kwargs):
        given = signature.bind_partial(*args, **kwargs).arguments
        missing = [p for p in in_fields if p.name not in given]
        for parameter in missing:
            if parameter.is_required:
                raise TypeError(f"{function.__name__}() lacks the argument {parameter.name!r}")
        return function(*args, **kwargs, **{p.name: p.default(given) for p in missing})

    return call
