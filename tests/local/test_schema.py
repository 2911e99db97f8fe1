"""Every body that leaves is what OpenAI's API file says: tested where that file is beside the repository."""

from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[3] / "shared" / "openai" / "openapi.yaml"
CASES = [
    {},
    {"n": 3, "logprobs": True, "top_logprobs": 2, "service_tier": "auto"},
    {"stop": "a", "seed": 1, "temperature": 2, "logprobs": True},
    {"frequency_penalty": 1, "stream_options": {"include_usage": True}},
]


@pytest.fixture(scope="module")
def validate():
    """A function (schema's name, body) that fails if the body does not fit."""
    if not FILE.exists():
        pytest.skip("OpenAI's API file is not beside this repository (../shared/openai/openapi.yaml)")
    yaml = pytest.importorskip("yaml")
    jsonschema = pytest.importorskip("jsonschema")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    components = _nullable(yaml.load(FILE.read_text(encoding="utf-8"), loader)["components"])

    def check(name: str, body) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        jsonschema.Draft202012Validator(schema).validate(body)

    return check


def _nullable(node):
    """OpenAPI 3.0's `nullable: true`, which the file still uses, in the words of JSON Schema."""
    if isinstance(node, list):
        return [_nullable(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _nullable(value) for key, value in node.items()}
    if node.get("nullable") is True:
        del node["nullable"]
        return {"anyOf": [node, {"type": "null"}]}
    return node


def test_the_check_can_fail(validate):
    with pytest.raises(Exception, match="required property"):
        validate("CreateChatCompletionResponse", {"object": "chat.completion"})


@pytest.mark.parametrize("fields", CASES)
def test_completions(validate, endpoint, fields):
    plain = {name: value for name, value in fields.items() if name != "stream_options"}
    validate("CreateChatCompletionResponse", endpoint.chat(max_tokens=5, **plain))
    for chunk in endpoint.chunks(max_tokens=5, **fields):
        validate("CreateChatCompletionStreamResponse", chunk)


def test_models_and_errors(validate, endpoint):
    with endpoint.client() as client:
        validate("ListModelsResponse", client.get("/models").json())
        validate("Model", client.get(f"/models/{endpoint.model}").json())
        validate("ErrorResponse", client.get("/nothing").json())
        validate("ErrorResponse", client.post("/chat/completions", json={}).json())
