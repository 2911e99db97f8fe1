"""Rules for the parts of a schema with integers that float64, and so llguidance, does not hold.

llguidance keeps a schema's numbers as float64, which is exact below 2^53. So the way from the root
to a larger one is written as rules of our own, with exact text for the integers. Everything beside
that way is left to llguidance.
"""

import json
from collections.abc import Callable
from math import ceil, floor

from samplers.local.engine.grammars.exact.integer_range import integer_range
from samplers.local.engine.grammars.exact.large_integers import (
    HIGH,
    LOW,
    large,
    large_inside,
    leading_to,
)
from samplers.wire.subschemas import resolve, subschemas

MOST_INLINED = 4 << 20  # characters: each part with a reference brings the whole schema along
ANY = ("null", "boolean", "number", "string", "array", "object")
# Keywords that say nothing about the values that fit.
NOTES = {
    *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"),
    *("$comment", "$schema", "$id", "$defs", "definitions"),
    "uniqueItems",  # a schema that is taken has no other value than false
}


class NotExact(ValueError):
    """A number cannot be kept exactly. `context` is the place of the schema where that shows."""

    def __init__(self, context: tuple[str, ...], text: str):
        super().__init__(text)
        self.context = context


def rules(name: str, schema: dict, inline: Callable[[dict], str]) -> list[str]:
    """The rule `name` for the documents that fit a schema, with the rules that it needs.

    `inline` writes a schema for llguidance. NotExact if one of its numbers cannot be kept.
    """
    on_the_way = leading_to(schema)
    if id(schema) not in on_the_way:
        return [f"{name}: {inline(schema)}"]
    return _Writer(name, schema, on_the_way, inline).written()


class _Writer:
    """Writes the rules of one schema."""

    def __init__(self, name: str, root: dict, on_the_way: set[int], inline: Callable[[dict], str]):
        self._name = name
        self._root = root
        self._on_the_way = on_the_way
        self._inline = inline
        self._lines: list[str] = []
        self._waiting = [(name, root, ())]  # rules to write: (name, schema, context)
        self._targets = {"#": name}  # $ref: its rule
        self._count = 0
        self._inlined = 0  # characters that are left to llguidance

    def written(self) -> list[str]:
        """All rules."""
        while self._waiting:
            name, part, context = self._waiting.pop()
            self._lines.append(f"{name}: {self._expression(part, context)}")
        return self._lines

    def _new_name(self) -> str:
        self._count += 1
        return f"{self._name}_{self._count}"

    def _rule(self, part, *context: str) -> str:
        """The name of a new rule for a part."""
        name = self._new_name()
        self._waiting.append((name, part, context))
        return name

    def _expression(self, part, context: tuple[str, ...]) -> str:
        if not self._leads(part) and not self._is_reference(part):
            return self._left_to_llguidance(part)
        for keyword in ("allOf", "oneOf", "prefixItems", "patternProperties"):
            inside = part.get(keyword, ())
            inside = inside.values() if isinstance(inside, dict) else inside
            if any(map(self._leads, inside)):
                raise self._not_exact(part, context, f"inside '{keyword}'")

        if "$ref" in part:
            return self._reference(part, context)
        if "anyOf" in part:
            self._allow(part, context, "anyOf")
            options = enumerate(part["anyOf"])
            names = [self._rule(option, *context, "anyOf", str(i)) for i, option in options]
            return " | ".join(names)
        if "const" in part or "enum" in part:
            return self._values(part, context)
        return " | ".join(self._of_type(part, kind, context) for kind in _types(part))

    def _leads(self, part) -> bool:
        return id(part) in self._on_the_way

    def _is_reference(self, part) -> bool:
        """Whether a part is nothing but a reference: all to one place then share a rule."""
        is_reference = isinstance(part, dict) and part.keys() - NOTES == {"$ref"}
        return is_reference and resolve(part["$ref"], self._root) is not None

    def _of_type(self, part: dict, kind: str, context: tuple[str, ...]) -> str:
        if kind == "integer":
            return self._integer(part, context)
        if kind == "number":
            for keyword, value in large(part):
                if float(value) != value:
                    raise self._not_exact(part, context, "for a number", (keyword, value))
            return self._left_to_llguidance(part | {"type": "number"})
        if kind == "object" and any(map(self._leads, part.get("properties", {}).values())):
            return self._object(part, context)
        if kind == "object" and self._leads(part.get("additionalProperties")):
            return self._object(part, context)
        if kind == "array" and self._leads(part.get("items")):
            return self._array(part, context)
        numbers = {*LOW, *HIGH, "multipleOf"}
        rest = {name: value for name, value in part.items() if name not in numbers}
        return self._left_to_llguidance(rest | {"type": kind})

    def _left_to_llguidance(self, part) -> str:
        if not isinstance(part, dict):
            part = {} if part else {"anyOf": []}
        text = self._inline(alone(part, self._root))
        self._inlined += len(text)
        if self._inlined > MOST_INLINED:
            raise self._not_exact(self._root, (), "in so large a schema")
        return text

    def _reference(self, part: dict, context: tuple[str, ...]) -> str:
        self._allow(part, context, "$ref")
        ref = part["$ref"]
        if ref not in self._targets:
            target = resolve(ref, self._root)
            if target is None:
                raise self._not_exact(part, context, f"with the reference '{ref}'")
            self._targets[ref] = self._rule(target, *ref.split("/")[1:])
        return self._targets[ref]

    def _values(self, part: dict, context: tuple[str, ...]) -> str:
        """An enum or a const: large integers as text, the other values by llguidance."""
        self._allow(part, context, "type", "enum", "const", *LOW, *HIGH)
        values = part.get("enum", [part.get("const")])
        if "const" in part:
            values = [value for value in values if value == part["const"]]

        options = []
        for value in values:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if is_number and not _is_in_range(part, value):
                continue
            if not any(True for _ in large_inside(value)):
                kinds = {"type": part["type"]} if "type" in part else {}
                options.append(self._left_to_llguidance(kinds | {"const": value}))
            elif not is_number:
                raise self._not_exact(part, context, "inside another value")
            elif {"integer", "number"} & set(_types(part)):
                options.append(json.dumps(str(int(value))))
        if not options:
            raise self._not_exact(part, context, "with the other keywords, which it does not fit")
        return " | ".join(options)

    def _integer(self, part: dict, context: tuple[str, ...]) -> str:
        if "multipleOf" in part:
            raise self._not_exact(part, context, "beside 'multipleOf'")
        lows = [ceil(part["minimum"])] if "minimum" in part else []
        lows += [floor(part["exclusiveMinimum"]) + 1] if "exclusiveMinimum" in part else []
        highs = [floor(part["maximum"])] if "maximum" in part else []
        highs += [ceil(part["exclusiveMaximum"]) - 1] if "exclusiveMaximum" in part else []
        try:
            return f"/{integer_range(max(lows, default=None), min(highs, default=None))}/"
        except ValueError as error:
            raise NotExact(context, str(error)) from None

    def _object(self, part: dict, context: tuple[str, ...]) -> str:
        """An object. Where other properties are allowed beside named ones, none is written."""
        self._allow(part, context, "type", "properties", "required", "additionalProperties")
        properties = part.get("properties", {})
        required = set(part.get("required", []))
        other = part.get("additionalProperties")
        if not properties and not required:
            value = self._rule(other, *context, "additionalProperties")
            pair = f'{self._inline({"type": "string"})} ":" {value}'
            return f'"{{" ({pair} ("," {pair})*)? "}}"'
        if required - properties.keys():
            raise self._not_exact(part, context, "beside a required property without a schema")

        pairs = []
        for name, value in properties.items():
            key = json.dumps(json.dumps(name, ensure_ascii=False) + ":", ensure_ascii=False)
            rule = self._rule(value, *context, "properties", name)
            pairs.append((f"{key} {rule}", name in required))
        return f'"{{" {self._pairs(pairs)} "}}"'

    def _pairs(self, pairs: list[tuple[str, bool]]) -> str:
        """A rule for (pair, is it required) in their order, with commas."""
        first = '""'  # from a pair on, if none came before it
        later = '""'  # the same after another one
        for pair, is_required in reversed(pairs):
            begins = f"{pair} {later}"
            first = self._named(begins if is_required else f"{begins} | {first}")
            later = self._named(f'"," {pair} {later}' + ("" if is_required else f" | {later}"))
        return first

    def _named(self, expression: str) -> str:
        name = self._new_name()
        self._lines.append(f"{name}: {expression}")
        return name

    def _array(self, part: dict, context: tuple[str, ...]) -> str:
        self._allow(part, context, "type", "items", "minItems", "maxItems")
        least = int(part.get("minItems", 0))
        most = part.get("maxItems")
        if most is not None and most < max(least, 1):
            return self._left_to_llguidance(part | {"items": True})
        item = self._rule(part["items"], *context, "items")
        more = f'("," {item}){{{max(least - 1, 0)},{"" if most is None else int(most) - 1}}}'
        if most == 1:
            more = ""
        return f'"[" {item} {more} "]"' if least else f'"[" ({item} {more})? "]"'

    def _allow(self, part: dict, context: tuple[str, ...], *keywords: str) -> None:
        """NotExact if a part has other keywords that say which values fit."""
        for keyword in part:
            if keyword not in NOTES and keyword not in keywords:
                raise self._not_exact(part, context, f"beside '{keyword}'")

    def _not_exact(self, part: dict, context, where: str, number=None) -> NotExact:
        if number is None:
            places = (*subschemas(part), *subschemas(self._root))
            dicts = (inner for _, _, inner in places if isinstance(inner, dict))
            number = next(number for inner in dicts for number in large(inner))
        keyword, value = number
        text = f"'{keyword}' {value} cannot be kept exactly {where}"
        return NotExact(context, f"{text}: the engine's numbers are float64")


def _types(part: dict) -> tuple[str, ...]:
    types = part.get("type", ANY)
    return (types,) if isinstance(types, str) else tuple(types)


def _is_in_range(part: dict, value) -> bool:
    return (
        part.get("minimum", value) <= value <= part.get("maximum", value)
        and ("exclusiveMinimum" not in part or part["exclusiveMinimum"] < value)
        and ("exclusiveMaximum" not in part or value < part["exclusiveMaximum"])
    )


def alone(part: dict, root: dict) -> dict:
    """A part of `root` as a schema of its own: its references lead to the same places."""
    if not any(isinstance(inner, dict) and "$ref" in inner for _, _, inner in subschemas(part)):
        return part
    return _moved(part) | {"$defs": {"root": _moved(root)}}


def _moved(value):
    """A copy of a schema whose references begin at #/$defs/root."""
    if isinstance(value, list):
        return [_moved(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    copy = {key: _moved(inner) for key, inner in value.items()}
    if isinstance(copy.get("$ref"), str):
        copy["$ref"] = "#/$defs/root" + copy["$ref"].removeprefix("#")
    return copy
