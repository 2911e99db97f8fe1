"""What of a schema the engine cannot enforce, as far as that shows before a grammar is made."""

from collections.abc import Iterator

from samplers.local.engine.grammars.exact.rules import NotExact
from samplers.local.engine.grammars.grammar import of_schema
from samplers.local.request.schemas.cost import too_costly
from samplers.local.request.schemas.ends import endless
from samplers.wire.pattern import NotEnforceable, in_rust
from samplers.wire.subschemas import resolve, subschemas

Context = tuple[str, ...]


def unenforceable(schema: dict) -> Iterator[tuple[Context, str]]:
    """(context, text) of what stands in the way of a grammar for a schema that is well formed."""
    yield from too_costly(schema)
    yield from _hidden(schema)

    context = endless(schema)
    if context is not None:
        yield context, "no document that fits it has an end: it needs itself inside itself."
    for context, keyword, pattern in patterns(schema):
        try:
            in_rust(pattern)
        except NotEnforceable as error:
            yield (*context, keyword), f"the engine cannot enforce {error}."

    try:
        of_schema(schema)
    except NotExact as error:
        yield error.context, f"{error}."


def _hidden(schema: dict) -> Iterator[tuple[Context, str]]:
    """(context, text) of each reference to what no keyword makes a schema: nobody checked that."""
    parts = [(context, part) for context, _, part in subschemas(schema) if isinstance(part, dict)]
    known = {id(part) for _, part in parts}
    for context, part in parts:
        target = resolve(part.get("$ref"), schema)
        if target is not None and id(target) not in known:
            yield (
                context,
                f"'{part['$ref']}' is not where JSON Schema has schemas: move it into '$defs'.",
            )


def patterns(schema: dict) -> Iterator[tuple[Context, str, str]]:
    """(context, keyword, pattern) of each pattern in a schema."""
    for context, _, part in subschemas(schema):
        if not isinstance(part, dict):
            continue
        if "pattern" in part:
            yield context, "pattern", part["pattern"]
        for pattern in part.get("patternProperties", ()):
            yield context, "patternProperties", pattern
