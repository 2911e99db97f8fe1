"""What the engine enforces: grammars in Lark's notation for llguidance, which xllamacpp's llama.cpp
is built with.

llguidance keeps to a JSON Schema exactly, and refuses one that it cannot keep to; but llama.cpp
then goes on without a grammar and says nothing. So a token that no grammar of ours allows, GUARD,
gets a huge bias in each constrained answer: it is drawn if, and only if, no grammar is in force.
The bias has a second use. llama.cpp draws first and applies a grammar only if that draw breaks it;
here the first draw always does, so that every token comes from one distribution: the grammar's mask
first, then the chain.
"""

import json
from functools import cache

from samplers.local.engine.llama_cpp import Engine
from samplers.wire.strict import STRING_FORMATS
from samplers.wire.subschemas import LISTS, MAPS, ONES

# JSON without spaces has no line breaks, not even in a string: there it is written \n
GUARD = b"\n"
GUARD_BIAS = 1e6
MOST_CALLS = 16  # function calls in one answer
OPENING, NAME_END, CALL_END, BETWEEN, CLOSING = (
    '[{"name":"',
    '","arguments":',
    "}",
    ',{"name":"',
    "]",
)
# else a small model may go on with spaces for ever
COMPACT = {"x-guidance": {"whitespace_flexible": False}}

_YEAR, _LEAP = (
    "[1-9][0-9]{3}",
    "(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)",
)
_DAY = f"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_DAY += f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,28}[A-Za-z0-9])?"  # 8 of them stay under 253 letters
# llguidance's own are a little too wide: it knows leap seconds at any minute, and labels without an
# end.
_HOST = rf"{_LABEL}(?:\.{_LABEL}){{0,7}}"
PATTERNS = {"date": _DAY, "time": _CLOCK, "date-time": f"{_DAY}T{_CLOCK}", "hostname": _HOST}


def of_schema(schema: dict) -> str:
    """The grammar of the JSON documents that fit a schema, written without spaces."""
    return f"%llguidance {{}}\nstart: {_json(schema)}\n"


def of_calls(functions: dict[str, dict], most: int) -> str:
    """The grammar of 1 to `most` function calls: [{"name":…,"arguments":{…}},…]; `functions` is
    name -> schema.
    """
    more = f" ({_text(BETWEEN)} call){{0,{most - 1}}}" if most > 1 else ""
    lines = [f"%llguidance {{}}\nstart: {_text(OPENING)} call{more} {_text(CLOSING)}"]
    lines += ["call: " + " | ".join(f"call{i}" for i in range(len(functions)))]
    for i, (name, schema) in enumerate(functions.items()):
        lines += [
            f"call{i}: {_text(name + NAME_END)} arguments{i} {_text(CALL_END)}",
            f"arguments{i}: {_json(schema)}",
        ]
    return "\n".join(lines) + "\n"


def _text(literal: str) -> str:
    return json.dumps(literal)


def _json(schema: dict) -> str:
    return f"%json {json.dumps(_ready(schema) | COMPACT)}"


def _ready(schema):
    """A schema for llguidance: formats as patterns where those are better, unknown ones left out
    (they are only notes), nobody's options but ours.
    """
    if not isinstance(schema, dict):
        return schema
    ready = {key: value for key, value in schema.items() if key != "x-guidance"}
    form = ready.get("format")
    if form not in STRING_FORMATS:
        ready.pop("format", None)
    elif form in PATTERNS and "pattern" not in ready:
        ready["pattern"] = f"^(?:{PATTERNS[ready.pop('format')]})$"
    for keyword in ready.keys() & set(MAPS):
        ready[keyword] = {name: _ready(part) for name, part in ready[keyword].items()}
    for keyword in ready.keys() & set(LISTS):
        ready[keyword] = [_ready(part) for part in ready[keyword]]
    for keyword in ready.keys() & set(ONES):
        ready[keyword] = _ready(ready[keyword])
    return ready


def guard(engine: Engine) -> int:
    """The token that no grammar of ours allows."""
    return engine.vocabulary.ids[GUARD]


@cache
def available() -> bool:
    """Whether this build of llama.cpp has llguidance: one without it would end the process at such
    a grammar.
    """
    import xllamacpp

    return xllamacpp.json_schema_to_grammar({"type": "object"}).startswith("%llguidance")


async def enforced(engine: Engine, grammar: str) -> bool:
    """Whether the engine can enforce a grammar: it draws one token with it. The last answers are
    remembered.
    """
    known = engine.grammars
    if not available():
        return False
    if grammar not in known:
        if len(known) >= 64:
            del known[next(iter(known))]
        bias = [(guard(engine), GUARD_BIAS)]
        body = {
            "prompt": [0],
            "n_predict": 1,
            "grammar": grammar,
            "logit_bias": bias,
            "return_tokens": True,
        }
        async with engine.slots:
            known[grammar] = (await engine.complete(body | {"temperature": 0.0}))["tokens"] != [
                guard(engine)
            ]
    return known[grammar]
