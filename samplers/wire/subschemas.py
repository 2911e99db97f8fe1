"""The schemas inside a JSON Schema: where they stand, how deep, and what a $ref points to."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

MAPS = ("properties", "patternProperties", "$defs", "definitions")  # keyword: {name: schema}
LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")  # keyword: [schema, …]
ONES = ("items", "additionalProperties")  # keyword: schema


class Subschema(NamedTuple):
    """A schema inside another one.

    `context` is its path of keys, as OpenAI's errors print it: ``('properties', 'tags', 'items')``.
    `level` counts the schemas around it. `schema` can be anything, as nothing is checked here.
    """

    context: tuple[str, ...]
    level: int
    schema: object


def subschemas(root) -> Iterator[Subschema]:
    """The schema itself, and then every schema inside it, each before those inside it.

    A $ref is not followed; additionalProperties counts where it is a schema, not where it is true
    or false. There is no recursion, so no depth is too deep.
    """
    stack = [Subschema((), 0, root)]
    while stack:
        here = stack.pop()
        yield here

        below = [
            Subschema((*here.context, *steps), here.level + 1, schema)
            for steps, schema in inside(here.schema)
        ]
        stack += reversed(below)


def inside(schema) -> Iterator[tuple[tuple[str, ...], object]]:
    """(the keys that lead to it, schema) of each schema right inside a schema."""
    if not isinstance(schema, dict):
        return

    for keyword in MAPS:
        if isinstance(schema.get(keyword), dict):
            for name, inner in schema[keyword].items():
                yield (keyword, str(name)), inner

    for keyword in LISTS:
        if isinstance(schema.get(keyword), list):
            for i, inner in enumerate(schema[keyword]):
                yield (keyword, str(i)), inner

    for keyword in ONES:
        is_flag = keyword == "additionalProperties" and isinstance(schema.get(keyword), bool)
        if keyword in schema and not is_flag:
            yield (keyword,), schema[keyword]


def resolve(ref, root: dict) -> dict | None:
    """The schema that a local `$ref` ("#", "#/$defs/Name") points to, or None."""
    if ref == "#":
        return root
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return None

    here = root
    for step in unquote(ref[2:]).split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        try:
            here = here[int(key) if isinstance(here, list) and key.isdecimal() else key]
        except (LookupError, TypeError, ValueError):
            return None
    return here if isinstance(here, dict) else None


def pointer(context: tuple[str, ...]) -> str:
    """A context as a JSON pointer: "#" for the root, "#/properties/a~1b" for the property a/b."""
    steps = [step.replace("~", "~0").replace("/", "~1") for step in context]
    return "/".join(["#", *steps])


def depth(value) -> int:
    """How many steps lead to the deepest value inside a JSON value; without recursion."""
    levels = 0
    here = [value]
    while here:
        here = [inner for outer in here for inner in _members(outer)]
        levels += 1
    return levels - 1


def _members(value) -> list:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
