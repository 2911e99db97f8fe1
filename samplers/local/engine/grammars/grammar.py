"""Grammars of answers, in Lark's notation for llguidance, which xllamacpp's llama.cpp has built in.

samplers.local.engine.grammars.guard finds out whether the engine can enforce one.
"""

import json

from samplers.local.engine.grammars.exact.rules import rules
from samplers.wire.pattern import in_rust
from samplers.wire.strict import STRING_FORMATS
from samplers.wire.subschemas import LISTS, MAPS, ONES

# An answer of function calls: [{"name":"…","arguments":{…}},{"name":"…","arguments":{…}}]
OPENING = '[{"name":"'
NAME_END = '","arguments":'
CALL_END = "}"
BETWEEN = ',{"name":"'
CLOSING = "]"
MOST_CALLS = 16  # in one answer

# Where spaces are allowed, a small model may write them without end.
COMPACT = {"x-guidance": {"whitespace_flexible": False}}
# Keywords that llguidance would take as something else than draft 2020-12 does.
LEFT_OUT = {"x-guidance", "$schema", "$id", "id", "additionalItems"}
# Those that change nothing here: a schema that is taken has no `uniqueItems` but false.
LEFT_OUT |= {"default", "examples", "uniqueItems"}
SIZES = {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"}


def _any_of(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


def _format_patterns() -> dict[str, str]:
    """Formats of strings as regular expressions, where llguidance's own are a little too wide.

    llguidance allows leap seconds at any minute, and host names with labels of any length.
    """
    year = "[1-9][0-9]{3}"
    leap_year = _any_of(
        "[1-9][0-9](?:0[48]|[2468][048]|[13579][26])",
        "(?:[2468][048]|[13579][26])00",
    )
    day = _any_of(
        "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
        "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
        "02-(?:0[1-9]|1[0-9]|2[0-8])",
    )
    date = _any_of(f"{year}-{day}", f"{leap_year}-02-29")

    clock = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    zone = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
    time = clock + zone

    label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,28}[A-Za-z0-9])?"
    hostname = rf"{label}(?:\.{label}){{0,7}}"  # 8 labels stay under 253 letters

    return {"date": date, "time": time, "date-time": f"{date}T{time}", "hostname": hostname}


FORMAT_PATTERNS = _format_patterns()


def of_schema(schema: dict) -> str:
    """The grammar of the JSON documents that fit a schema, written without spaces."""
    return "\n".join(["%llguidance {}", *rules("start", schema, _json)]) + "\n"


def of_calls(functions: dict[str, dict], most: int) -> str:
    """The grammar of 1 to `most` function calls: [{"name":…,"arguments":{…}},…].

    `functions` are names with the schemas of their arguments.
    """
    more = f" ({_text(BETWEEN)} call){{0,{most - 1}}}" if most > 1 else ""
    lines = [
        "%llguidance {}",
        f"start: {_text(OPENING)} call{more} {_text(CLOSING)}",
        "call: " + " | ".join(f"call{i}" for i in range(len(functions))),
    ]

    for i, (name, schema) in enumerate(functions.items()):
        lines.append(f"call{i}: {_text(name + NAME_END)} arguments{i} {_text(CALL_END)}")
        lines += rules(f"arguments{i}", schema, _json)

    return "\n".join(lines) + "\n"


def of_token(allowed: str, ends: bool) -> str:
    """The grammar of one token of `allowed`, ranges such as "0-5,8"; `ends`: or of the end."""
    token = f"<[{allowed}]>" if allowed else '""'
    or_end = ' | ""' if ends and allowed else ""
    return f"%llguidance {{}}\nstart: {token}{or_end}\n"


def _text(literal: str) -> str:
    return json.dumps(literal)


def _json(schema: dict) -> str:
    return f"%json {json.dumps(_for_llguidance(schema) | COMPACT)}"


def _for_llguidance(schema):
    """A schema as llguidance should have it.

    Formats are patterns where ours are better. Patterns are written for its dialect. What is only
    a note is left out, and so are options for llguidance that came with the request: only ours are
    used.
    """
    if not isinstance(schema, dict):
        return schema
    ready = {key: value for key, value in schema.items() if key not in LEFT_OUT}

    format_ = ready.get("format")
    if format_ not in STRING_FORMATS:
        ready.pop("format", None)
    elif format_ in FORMAT_PATTERNS and "pattern" not in ready:
        del ready["format"]
        ready["pattern"] = f"^(?:{FORMAT_PATTERNS[format_]})$"
    if isinstance(ready.get("pattern"), str):
        ready["pattern"] = in_rust(ready["pattern"])
    for keyword in ready.keys() & SIZES:
        ready[keyword] = int(ready[keyword])  # JSON does not distinguish 2.0 from 2

    for keyword in ready.keys() & set(MAPS):
        ready[keyword] = {name: _for_llguidance(part) for name, part in ready[keyword].items()}
    if "patternProperties" in ready:
        named = ready["patternProperties"].items()
        ready["patternProperties"] = {in_rust(name): part for name, part in named}
    for keyword in ready.keys() & set(LISTS):
        ready[keyword] = [_for_llguidance(part) for part in ready[keyword]]
    for keyword in ready.keys() & set(ONES):
        ready[keyword] = _for_llguidance(ready[keyword])
    return ready
