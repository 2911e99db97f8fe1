"""Answers that keep to a schema: every keyword, whatever the temperature; what the mask does to the
distribution.
"""

import datetime
import json
import math
import re
from concurrent.futures import ThreadPoolExecutor

import jsonschema
import pytest

PERSON = [{"role": "user", "content": "Invent a person."}]
TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
FULL = {"x-samplers-full-logprobs": "true"}


def obj(**properties) -> dict:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def of(schema: dict, strict: bool = True) -> dict:
    return {
        "type": "json_schema",
        "json_schema": {"name": "it", "schema": schema, "strict": strict},
    }


STRICT = {
    "enum": obj(a={"type": ["string", "integer", "null"], "enum": ["x y", "好😊", '"\\', 1, None]}),
    "const": obj(a=TEXT | {"const": " C\n"}),
    "anyOf": obj(a={"anyOf": [{"type": "null"}, WHOLE, obj(b=WHOLE)]}),
    "types": obj(a={"type": ["boolean", "null"]}),
    "ref": obj(a={"$ref": "#/$defs/T"}) | {"$defs": {"T": obj(b={"type": "boolean"})}},
    "recursion": obj(next={"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
    "pattern": obj(a={"type": "string", "pattern": "^[A-Z]{2}-\\d{1,3}$"}),
    "pattern without anchors": obj(a={"type": "string", "pattern": "[xyz]"}),
    "range": obj(
        a=WHOLE | {"minimum": -3, "maximum": 1234},
        b=WHOLE | {"exclusiveMinimum": 0, "exclusiveMaximum": 3},
    ),
    "number range": obj(a=NUMBER | {"minimum": 0.5, "maximum": 2.25}),
    "multipleOf": obj(a=WHOLE | {"multipleOf": 7, "minimum": 0, "maximum": 100}),
    "array": obj(
        a={
            "type": "array",
            "items": WHOLE | {"minimum": 0, "maximum": 9},
            "minItems": 2,
            "maxItems": 4,
        }
    ),
    "nested arrays": obj(
        a={
            "type": "array",
            "maxItems": 2,
            "items": {"type": "array", "items": TEXT | {"enum": ["y", "z"]}},
        }
    ),
    "odd names": obj(**{"名 前": {"type": "boolean"}, 'a"b\n': {"type": "null"}}),
    "nothing": obj(),
} | {
    form: obj(a=TEXT | {"format": form})
    for form in (
        "date-time",
        "time",
        "date",
        "duration",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uuid",
    )
}
LOOSE = {
    "any enum": obj(a={"enum": ["x", {"k": [1.5]}, [2]]}),
    "optional": {
        "type": "object",
        "properties": {"a": WHOLE, "b": WHOLE},
        "additionalProperties": False,
    },
    "more properties": {
        "type": "object",
        "additionalProperties": {"type": "boolean"},
        "maxProperties": 2,
    },
    "fewest properties": {
        "type": "object",
        "additionalProperties": {"type": "null"},
        "minProperties": 2,
    },
    "allOf": obj(a={"allOf": [WHOLE, {"minimum": 3}, {"maximum": 12}]}),
    "length": obj(a=TEXT | {"minLength": 2, "maxLength": 5}),
    "prefixItems": obj(
        a={"type": "array", "prefixItems": [WHOLE, {"type": "null"}], "items": False, "minItems": 2}
    ),
    "patternProperties": {
        "type": "object",
        "patternProperties": {"^x": {"const": 1}},
        "additionalProperties": False,
    },
}


UNENDING = {
    "email",
    "duration",
    "recursion",
    "fewest properties",
    "more properties",
    "pattern without anchors",
}  # the model may not find the end in time


@pytest.fixture(scope="module")
def answers(endpoint) -> dict[str, dict]:
    """For each schema a choice, as hot as it goes, but for texts without an end; all asked for at
    once.
    """

    def ask(name: str) -> dict:
        form = of(STRICT.get(name) or LOOSE[name], name in STRICT)
        temperature = 0.7 if name in UNENDING else 2
        return endpoint.choice(
            PERSON, response_format=form, temperature=temperature, seed=6, max_tokens=40
        )

    names = [*STRICT, *LOOSE]
    with ThreadPoolExecutor(8) as crowd:
        return dict(zip(names, crowd.map(ask, names), strict=True))


@pytest.mark.parametrize("name", [*STRICT, *LOOSE])
def test_answers_fit_their_schema(answers, name):
    wanted = jsonschema.Draft202012Validator(
        STRICT.get(name) or LOOSE[name],
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
    text, reason = answers[name]["message"]["content"], answers[name]["finish_reason"]
    if reason == "length":
        assert name in UNENDING
        return
    assert reason == "stop"
    wanted.validate(json.loads(text))
    assert not re.search(r"\s", re.sub(r'"(\\.|[^"\\])*"', "", text))  # no spaces but in strings
    if name in ("time", "date-time"):
        clock = datetime.time if name == "time" else datetime.datetime
        assert clock.fromisoformat(json.loads(text)["a"]).tzinfo is not None


@pytest.mark.parametrize(
    "part",
    [
        {"pattern": "^(?=a)b"},
        {"pattern": "(a)\\1"},
        {"pattern": "("},
        WHOLE | {"minimum": 5, "maximum": 3},
    ],
)
def test_what_the_engine_cannot_enforce_is_refused(endpoint, part):
    with endpoint.client() as client:
        body = {"model": endpoint.model, "messages": PERSON, "max_tokens": 1}
        schema = obj(a=TEXT | part)
        told = client.post(
            "/chat/completions", json=body | {"response_format": of(schema), "stream": True}
        )
        assert (told.status_code, told.json()["error"]["param"]) == (400, "response_format")
        assert told.json()["error"]["message"].startswith(
            "Invalid schema for response_format 'it': "
        )
        tools = [{"type": "function", "function": {"name": name, "parameters": obj(a=at)}} for name, at in
                 (("good", TEXT), ("bad", TEXT | part))]  # fmt: skip
        told = client.post("/chat/completions", json=body | {"tools": tools}).json()["error"]
    assert told["param"] == "tools[1].function.parameters"


def test_json_mode(endpoint):
    ask = [{"role": "user", "content": "A person, as JSON."}]
    for seed, limit in ((0, 40), (1, 5)):
        answer = endpoint.chat(
            ask, response_format={"type": "json_object"}, seed=seed, max_tokens=limit
        )
        (choice,) = answer["choices"]
        text = choice["message"]["content"]
        assert text.startswith("{")
        assert "\n" not in text
        if choice["finish_reason"] == "stop":
            assert isinstance(json.loads(text), dict)
        else:
            assert answer["usage"]["completion_tokens"] == limit


def test_streamed_and_plain_are_one(endpoint):
    fields = {
        "response_format": of(obj(name=TEXT)),
        "max_tokens": 16,
        "logprobs": True,
        "top_logprobs": 1,
    }
    # the characters of 好😊 are parts of tokens, which the engine's events leave out
    ask = [{"role": "user", "content": "Repeat: 好😊好😊好😊"}]
    fields |= {"seed": 0, "logit_bias": {48392: 8}}
    choice = endpoint.choice(ask, **fields)
    chunks = [chunk["choices"][0] for chunk in endpoint.chunks(ask, **fields)]
    assert (
        "".join(chunk["delta"].get("content") or "" for chunk in chunks)
        == choice["message"]["content"]
    )
    entries = [
        entry for chunk in chunks for entry in (chunk["logprobs"] or {"content": []})["content"]
    ]
    assert entries == choice["logprobs"]["content"]
    assert (
        b"".join(bytes(entry["bytes"]) for entry in entries)
        .decode(errors="replace")
        .startswith('{"name":"')
    )
    assert chunks[-1]["finish_reason"] == choice["finish_reason"]
    # without them the engine answers in one piece
    fields |= {"logprobs": False, "top_logprobs": None}
    assert endpoint.choice(ask, **fields)["message"] == choice["message"]


def test_a_schema_removes_all_that_it_forbids_and_nothing_else(processed):
    """The first token must begin an object: the rest is renormalised, in the model's own
    proportions.
    """
    plain = processed.top(PERSON, headers=FULL, top_logprobs=49152)
    fields = {
        "response_format": of({"type": "object"}, strict=False),
        "headers": FULL,
        "top_logprobs": 49152,
    }
    masked = processed.top(PERSON, **fields)
    assert set(masked) == {token for token in plain if token in masked and token.startswith("{")}
    assert sum(map(math.exp, masked.values())) == pytest.approx(1, abs=1e-4)
    off = {token: plain[token] - logprob for token, logprob in masked.items() if logprob > -12}
    assert len(off) >= 3
    assert max(off.values()) - min(off.values()) < 0.01
    taken = math.exp(max(off.values()))  # what the schema left of the model's probability
    assert 0 < taken < 0.5
    hot = processed.top(PERSON, **fields, temperature=2)
    for token in off:
        assert hot[token] - hot["{"] == pytest.approx((masked[token] - masked["{"]) / 2, abs=0.01)
    # also where a draw without the mask would have fitted the schema: then llama.cpp alone would
    # not apply it
    (brace,) = processed.tokenize("{")
    for seed in range(6):
        top = processed.top(
            PERSON, response_format=fields["response_format"], logit_bias={brace: 3}, seed=seed
        )
        assert {token[0] for token in top} == {"{"}
    # the mask comes first: top_p keeps the nucleus of what is allowed, not what is allowed of the
    # nucleus
    share, first = 0.0, []
    for token, logprob in sorted(masked.items(), key=lambda item: -item[1]):
        first += [token] if share < 0.9 else []
        share += math.exp(logprob)
    assert set(processed.top(PERSON, **fields, top_p=0.9)) == set(first)
    assert len(first) > 1


def test_a_frequency_penalty_counts_the_answer_only(processed):
    """The engine's own counts the prompt too, which is taken off again: the odds are those of a
    free answer.
    """
    ask = [{"role": "user", "content": 'x xx xy y {"a":"xyx'}]
    fields = {"logprobs": True, "temperature": 2, "frequency_penalty": 1.5, "seed": 8}
    form = of(obj(a=TEXT | {"pattern": "^[xy]*$"}))
    drawn = processed.choice(
        ask, **fields, headers=FULL, max_tokens=5, top_logprobs=9, response_format=form
    )
    entries = drawn["logprobs"]["content"]
    compared = 0
    for i, entry in enumerate(entries[1:], 1):  # {"a":" is one token: then come x and y
        before = {"x-samplers-continue": json.dumps([earlier["id"] for earlier in entries[:i]])}
        free = processed.top(ask, **fields, headers=FULL | before, top_logprobs=49152)
        first, *others = [item for item in entry["top_logprobs"] if item["logprob"] > -9]
        for other in others:
            odds = free[first["token"]] - free[other["token"]]
            assert first["logprob"] - other["logprob"] == pytest.approx(odds, abs=0.02)
            compared += 1
    assert compared > 3


def test_what_cannot_go_with_a_schema_is_refused(endpoint):
    with endpoint.client() as client:
        body = {
            "model": endpoint.model,
            "messages": PERSON,
            "response_format": of(obj()),
            "max_tokens": 1,
        }
        told = client.post("/chat/completions", json=body | {"presence_penalty": 1}).json()
        assert told["error"]["param"] == "presence_penalty"
        told = client.post(
            "/chat/completions", json=body, headers={"x-samplers-continue": "[5]"}
        ).json()
        assert told["error"]["param"] == "x-samplers-continue"


def test_a_ban_cannot_break_a_schema(endpoint):
    banned = {
        token: -100
        for word in ('{"', "{", '"', '":"', "}", '"}', '":', ":")
        for token in endpoint.tokenize(word)
    }
    choice = endpoint.choice(
        PERSON, response_format=of(obj(a=TEXT | {"enum": ["b", "c"]})), logit_bias=banned
    )
    assert json.loads(choice["message"]["content"])["a"] in ("b", "c")
    assert choice["finish_reason"] == "stop"


def test_schemas_in_a_crowd(endpoint):
    schemas = [obj(a=TEXT | {"const": str(i)}) for i in range(8)]
    with ThreadPoolExecutor(8) as crowd:
        answers = list(
            crowd.map(lambda schema: endpoint.choice(PERSON, response_format=of(schema)), schemas)
        )
    assert [json.loads(answer["message"]["content"]) for answer in answers] == [
        {"a": str(i)} for i in range(8)
    ]
