"""Answers that fit their schema: every keyword, whatever the temperature; JSON mode; refusals."""

import datetime
import json
import re
from concurrent.futures import ThreadPoolExecutor

import jsonschema
import pytest
import regress
from example_schemas import an_object
from response_formats import INTEGER, NUMBER, PERSON, TEXT, json_schema

FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
STRICT = {
    "enum": an_object(
        a={"type": ["string", "integer", "null"], "enum": ["x y", "好😊", '"\\', 1, None]}
    ),
    "const": an_object(a=TEXT | {"const": " C\n"}),
    "anyOf": an_object(a={"anyOf": [{"type": "null"}, INTEGER, an_object(b=INTEGER)]}),
    "types": an_object(a={"type": ["boolean", "null"]}),
    "ref": an_object(a={"$ref": "#/$defs/T"}) | {"$defs": {"T": an_object(b={"type": "boolean"})}},
    "recursion": an_object(next={"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
    "pattern": an_object(a=TEXT | {"pattern": "^[A-Z]{2}-\\d{1,3}$"}),
    "pattern without anchors": an_object(a=TEXT | {"pattern": "[xyz]"}),
    "range": an_object(
        a=INTEGER | {"minimum": -3, "maximum": 1234},
        b=INTEGER | {"exclusiveMinimum": 0, "exclusiveMaximum": 3},
    ),
    "64 bits": an_object(a=INTEGER | {"minimum": -(2**63), "maximum": 2**63 - 1}),
    "64 bits, unsigned": an_object(a=INTEGER | {"minimum": 2**63, "maximum": 2**64 - 1}),
    "beyond float64": an_object(a=INTEGER | {"enum": [2**53 + 1, -(2**53) - 1]}),
    "number range": an_object(a=NUMBER | {"minimum": 0.5, "maximum": 2.25}),
    "multipleOf": an_object(a=INTEGER | {"multipleOf": 7, "minimum": 0, "maximum": 100}),
    "array": an_object(
        a={
            "type": "array",
            "items": INTEGER | {"minimum": 0, "maximum": 9},
            "minItems": 2,
            "maxItems": 4,
        }
    ),
    "nested arrays": an_object(
        a={
            "type": "array",
            "maxItems": 2,
            "items": {"type": "array", "items": TEXT | {"enum": ["y", "z"]}},
        }
    ),
    "odd names": an_object(**{"名 前": {"type": "boolean"}, 'a"b\n': {"type": "null"}}),
    "nothing": an_object(),
} | {name: an_object(a=TEXT | {"format": name}) for name in FORMATS}
LOOSE = {
    "any enum": an_object(a={"enum": ["x", {"k": [1.5]}, [2]]}),
    "optional": {
        "type": "object",
        "properties": {"a": INTEGER, "b": INTEGER},
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
    "allOf": an_object(a={"allOf": [INTEGER, {"minimum": 3}, {"maximum": 12}]}),
    "length": an_object(a=TEXT | {"minLength": 2, "maxLength": 5}),
    "prefixItems": an_object(
        a={
            "type": "array",
            "prefixItems": [INTEGER, {"type": "null"}],
            "items": False,
            "minItems": 2,
        }
    ),
    "tuple of draft 7": an_object(
        a={"type": "array", "items": [INTEGER, {"type": "null"}], "minItems": 2}
        | {"additionalItems": False}
    ),
    "unicode pattern": an_object(a=TEXT | {"pattern": "^\\p{Lu}(?<y>[\\w&&-]{2})\\u{1F600}$"}),
    "patternProperties": {
        "type": "object",
        "patternProperties": {"^x": {"const": 1}},
        "additionalProperties": False,
    },
}
# The model would not end these texts soon: tokens that lead to their end are made likelier.
LEADING = {
    "email": ("@", '"}'),
    "duration": ("D", '"}'),
    "recursion": ("null",),
    "more properties": ('":', "true", "}"),
}
# Led to its end, one would name a property twice. The other is as likely to go on at each letter.
UNENDING = ("fewest properties", "pattern without anchors")


@pytest.fixture(scope="module")
def answers(endpoint) -> dict[str, dict]:
    """For each schema a choice, all requested at once.

    At the highest temperature, except for texts without an end.
    """

    def answer(name: str) -> dict:
        leading = [endpoint.tokenize(text)[0] for text in LEADING.get(name, ())]
        return endpoint.choice(
            PERSON,
            response_format=json_schema(STRICT.get(name) or LOOSE[name], strict=name in STRICT),
            temperature=0.7 if leading or name in UNENDING else 2,
            logit_bias=dict.fromkeys(leading, 9),
            seed=6,
            max_tokens=40,
        )

    names = [*STRICT, *LOOSE]
    with ThreadPoolExecutor(8) as crowd:
        return dict(zip(names, crowd.map(answer, names), strict=True))


@pytest.mark.parametrize("name", [*STRICT, *LOOSE])
def test_answers_fit_their_schema(answers, name):
    text = answers[name]["message"]["content"]
    reason = answers[name]["finish_reason"]
    if reason == "length":
        assert name in UNENDING
        return
    assert reason == "stop"

    validator = jsonschema.Draft202012Validator
    if name == "tuple of draft 7":
        validator = jsonschema.Draft7Validator
    schema = STRICT.get(name) or LOOSE[name]
    if name == "unicode pattern":  # which the validator's own regular expressions cannot read
        assert regress.Regex(schema["properties"]["a"]["pattern"], "u").find(json.loads(text)["a"])
        return
    validator(schema, format_checker=validator.FORMAT_CHECKER).validate(json.loads(text))
    outside_strings = re.sub(r'"(\\.|[^"\\])*"', "", text)
    assert not re.search(r"\s", outside_strings)
    if name in ("time", "date-time"):
        clock = datetime.time if name == "time" else datetime.datetime
        assert clock.fromisoformat(json.loads(text)["a"]).tzinfo is not None


@pytest.mark.parametrize(
    "part",
    [
        {"pattern": "^(?=a)b"},
        {"pattern": "(a)\\1"},
        {"pattern": "("},
        INTEGER | {"minimum": 5, "maximum": 3},
    ],
)
def test_what_the_engine_cannot_enforce_is_refused(endpoint, part):
    good = an_object(a=TEXT)
    bad = an_object(a=TEXT | part)
    fields = {"max_tokens": 1, "response_format": json_schema(bad), "stream": True}
    response = endpoint.post(PERSON, **fields)
    error = response.json()["error"]
    assert (response.status_code, error["param"]) == (400, "response_format")
    assert error["message"].startswith("Invalid schema for response_format 'it': ")

    tools = [
        {"type": "function", "function": {"name": name, "parameters": schema}}
        for name, schema in (("good", good), ("bad", bad))
    ]
    error = endpoint.post(PERSON, max_tokens=1, tools=tools).json()["error"]
    assert error["param"] == "tools[1].function.parameters"


def test_a_dear_schema_is_refused_and_the_endpoint_goes_on(endpoint):
    """It passes the bounds that are known beforehand, and is found out in its trial."""
    dear = {f"^{'a' * i}{letter}": TEXT for i in range(40) for letter in "bcdefghijk"}
    schema = {"type": "object", "patternProperties": dear, "additionalProperties": False}
    response = endpoint.post(PERSON, response_format=json_schema(schema, False), max_tokens=1)
    assert response.status_code == 400
    assert "too much time or memory" in response.json()["error"]["message"]
    assert endpoint.choice(PERSON, max_tokens=1)["finish_reason"] == "length"


def test_json_mode(endpoint):
    messages = [{"role": "user", "content": "A person, as JSON."}]
    for seed, limit in ((0, 40), (1, 5)):
        answer = endpoint.chat(
            messages, response_format={"type": "json_object"}, seed=seed, max_tokens=limit
        )
        (choice,) = answer["choices"]
        text = choice["message"]["content"]
        assert text.startswith("{")
        assert "\n" not in text
        if choice["finish_reason"] == "stop":
            assert isinstance(json.loads(text), dict)
        else:
            assert answer["usage"]["completion_tokens"] == limit


def test_what_cannot_go_with_a_schema_is_refused(endpoint):
    fields = {"response_format": json_schema(an_object()), "max_tokens": 1}
    headers = {"x-samplers-continue": "[5]"}
    error = endpoint.post(PERSON, headers, **fields).json()["error"]
    assert error["param"] == "x-samplers-continue"


def test_schemas_in_a_crowd(endpoint):
    def text(schema: dict) -> str:
        return endpoint.text(PERSON, response_format=json_schema(schema))

    schemas = [an_object(a=TEXT | {"const": str(i)}) for i in range(8)]
    with ThreadPoolExecutor(8) as crowd:
        texts = list(crowd.map(text, schemas))
    assert [json.loads(text) for text in texts] == [{"a": str(i)} for i in range(8)]
