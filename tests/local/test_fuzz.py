"""A thousand requests made from OpenAI's API file: never a 500, never a hang, never a body outside
the file.
"""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import wirecheck
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

BATCHES, BATCH, SECONDS = 100, 10, 60
NEVER = {
    "audio",
    "prediction",
    "web_search_options",
    "moderation",
    "functions",
    "function_call",
    "modalities",
}
TEXTS = st.sampled_from(
    ["Hi", "", "Paris?", "json", "a" * 65, "好😊", "\x00", "call_1", "auto", "\ud800", "<|im_end|>"]
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
TYPES = {
    "type": st.sampled_from(["object", "string", "integer", "array", ["null", "number"], "banana"])
}
SCHEMAS = st.recursive(
    st.sampled_from([{}, {"type": "string"}, {"enum": ["a", 1]}, {"$ref": "#"}, {"pattern": "("}, {"format": "date"}]),
    lambda inner: st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2)},
        optional={"required": st.sampled_from([[], ["a"], ["a", "b"]]), "additionalProperties": st.booleans(),
                  "anyOf": st.lists(inner, max_size=2), "items": inner, "not": inner, "$defs": ANYTHING},
    ) | st.fixed_dictionaries(TYPES),
    max_leaves=4,
)  # fmt: skip


def of(schema: dict, depth: int = 0):
    """Values of one of the file's schemas, now and then of nothing at all."""
    if "$ref" in schema:
        return of(wirecheck.components()["schemas"][schema["$ref"].split("/")[-1]], depth)
    if depth > 9:
        return ANYTHING
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return st.one_of([of(option, depth + 1) for option in schema[choice]])
    if "allOf" in schema:
        parts = [of(part, depth + 1) for part in schema["allOf"]]
        return st.tuples(*parts).map(
            lambda values: {key: value for part in values for key, value in part.items()}
        )
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        return st.lists(
            of(schema.get("items", {}), depth + 1), min_size=schema.get("minItems", 0), max_size=3
        )
    if kind == "object" and "properties" in schema:
        required = schema.get("required", [])
        parts = {
            name: of(part, depth + 1)
            for name, part in schema["properties"].items()
            if name not in NEVER
        }
        return st.fixed_dictionaries(
            {name: part for name, part in parts.items() if name in required},
            optional={name: part for name, part in parts.items() if name not in required},
        )
    numbers = {"min_value": schema.get("minimum", -3), "max_value": schema.get("maximum", 9)}
    simple = {
        "string": TEXTS,
        "boolean": st.booleans(),
        "null": st.none(),
        "integer": st.integers(**{name: int(value) for name, value in numbers.items()}),
        "number": st.floats(**numbers),
        "object": SCHEMAS
        if schema.get("additionalProperties")
        else st.dictionaries(TEXTS, ANYTHING, max_size=2),
    }
    return simple.get(kind, ANYTHING)


@st.composite
def requests(draw) -> dict:
    """A request: the right model and a short answer, some fields of the file's schema, sometimes
    one that is spoilt.
    """
    parts = wirecheck.components()["schemas"]
    everything = {}
    for part in ("CreateModelResponseProperties", "ModelResponseProperties"):
        for inner in [parts[part], *parts[part].get("allOf", ())]:
            everything |= inner.get("properties", {})
    everything |= parts["CreateChatCompletionRequest"]["allOf"][1]["properties"]
    usual = [{"role": "user", "content": "Answer in JSON."}]
    messages = draw(st.just(usual) | of(everything["messages"]), label="messages")
    body = {
        "messages": messages,
        "max_tokens": draw(st.integers(1, 2)),
        "temperature": draw(st.floats(0, 2)),
    }
    names = sorted(
        everything.keys()
        - NEVER
        - {"messages", "model", "max_tokens", "max_completion_tokens", "n"}
    )
    for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
        body[name] = draw(of(everything[name]), label=name)
    if draw(st.booleans()):
        body["response_format"] = draw(of(everything["response_format"]))
    elif draw(st.booleans()):
        body["tools"] = draw(st.lists(of(parts["ChatCompletionTool"]), min_size=1, max_size=2))
    body["stream"] = draw(st.booleans())
    if draw(st.integers(0, 9)) == 0:
        body[draw(st.sampled_from(sorted(body)))] = draw(ANYTHING)
    some = body["messages"] if isinstance(body["messages"], list) else []
    if (whole := [item for item in some if item and isinstance(item, dict)]) and draw(
        st.integers(0, 2)
    ) == 0:
        spoilt = dict(draw(st.sampled_from(whole)))
        name = draw(st.sampled_from(sorted(spoilt)))
        spoilt |= {name: draw(ANYTHING)}
        if draw(st.booleans()):
            del spoilt[name]
        body["messages"] = [spoilt]
    # good ones stay short
    for name, most in (("n", draw(st.sampled_from([1, 1, 1, 2]))), ("max_tokens", 2)):
        if body.get(name) is None or (type(body[name]) is int and body[name] > most):
            body[name] = most
    return body


@pytest.mark.skipif(
    not wirecheck.FILE.exists(), reason="OpenAI's API file is not beside this repository"
)
def test_a_thousand_requests(endpoint):
    statuses: list[int] = []
    with endpoint.client() as client, ThreadPoolExecutor(BATCH) as crowd:

        def ask(body: dict) -> int:
            # escapes half surrogates, as a bad client may
            content = json.dumps(body | {"model": endpoint.model})
            # wirecheck checks
            return client.post("/chat/completions", content=content, timeout=SECONDS).status_code

        # a batch that fails is told as it is: making it smaller would take hundreds of batches more
        @settings(
            max_examples=BATCHES,
            deadline=None,
            database=None,
            derandomize=True,  # the same thousand each time; take this line out to look for more
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(requests(), min_size=BATCH, max_size=BATCH))
        def run(bodies):
            statuses.extend(crowd.map(ask, bodies))

        run()
    assert len(statuses) >= 1000
    assert set(statuses) <= {200, 400}
    assert statuses.count(200) > 100  # they get somewhere, too
