"""Every answer that the tests see is held to OpenAI's API file, where that file is beside the
repository.
"""

import json
from functools import cache
from pathlib import Path

import httpx

FILE = Path(__file__).resolve().parents[3] / "shared" / "openai" / "openapi.yaml"
BIGGEST = 100_000  # bytes of a body; whole vocabularies take too long, and are an extension anyway


@cache
def components() -> dict:
    """The file's components, as JSON Schema. The file must be there."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return _nullable(yaml.load(FILE.read_text(encoding="utf-8"), loader)["components"])


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


@cache
def _validator(name: str):
    import jsonschema

    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": components()}
    )


def check(name: str, body) -> None:
    """Fails if a body is not what the file says about the schema of that name."""
    for error in _validator(name).iter_errors(body):
        raise AssertionError(
            f"{name}: {error.message[:500]} at {list(error.path)} in {json.dumps(body)[:500]}"
        )


def check_answer(path: str, status: int, kind: str, content: bytes) -> None:
    """Fails if an answer, as it came over the wire, is outside the file."""
    assert status < 500, content[:500]
    if not FILE.exists() or len(content) > BIGGEST or path.endswith("/tokenize"):
        return
    if status >= 400:
        check("ErrorResponse", json.loads(content))
    elif path.endswith("/models"):
        check("ListModelsResponse", json.loads(content))
    elif "/models/" in path:
        check("Model", json.loads(content))
    elif kind.startswith("text/event-stream"):
        *events, end = [event.removeprefix(b"data: ") for event in content.split(b"\n\n") if event]
        for event in events:
            check("CreateChatCompletionStreamResponse", json.loads(event))
        assert end == b"[DONE]"
    else:
        check("CreateChatCompletionResponse", json.loads(content))


def transport(http=httpx):
    """`http`'s own transport (httpx, or what has its interface), which checks each answer that is
    read to its end.
    """

    class Checked(http.SyncByteStream):
        def __init__(self, stream, path: str, response):
            self.stream, self.path, self.response = stream, path, response

        def __iter__(self):
            seen = []
            for piece in self.stream:
                seen.append(piece)
                yield piece
            kind = self.response.headers.get("content-type", "")
            check_answer(self.path, self.response.status_code, kind, b"".join(seen))

        def close(self) -> None:
            self.stream.close()

    class Transport(http.HTTPTransport):
        def handle_request(self, request):
            response = super().handle_request(request)
            response.stream = Checked(response.stream, request.url.path, response)
            return response

    return Transport()
