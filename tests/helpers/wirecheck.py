"""Checks every answer that the tests read against OpenAI's API file, where that file exists."""

import json
from functools import cache
from pathlib import Path

import httpx

FILE = Path(__file__).resolve().parents[3] / "shared" / "openai" / "openapi.yaml"
# Bytes of a body. Bodies with whole vocabularies take too long, and are an extension anyway.
BIGGEST = 100_000


@cache
def components() -> dict:
    """The file's components, as JSON Schema. The file must exist."""
    import yaml  # here: it is needed only where the file is

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return _nullable(yaml.load(FILE.read_text(encoding="utf-8"), loader)["components"])


def _nullable(node):
    """OpenAPI 3.0's `nullable: true`, which the file still uses, as JSON Schema says it."""
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
    import jsonschema  # here: it is needed only where the file is

    schema = {"$ref": f"#/components/schemas/{name}", "components": components()}
    return jsonschema.Draft202012Validator(schema)


def check(name: str, body) -> None:
    """Fails if a body does not fit the file's schema of that name."""
    for error in _validator(name).iter_errors(body):
        place = list(error.path)
        raise AssertionError(
            f"{name}: {error.message[:500]} at {place} in {json.dumps(body)[:500]}"
        )


def check_answer(path: str, status: int, content_type: str, content: bytes) -> None:
    """Fails if an answer, as it came over the wire, does not fit the file."""
    assert status < 500, content[:500]
    if not FILE.exists() or len(content) > BIGGEST or path.endswith("/tokenize"):
        return
    if status >= 400:
        check("ErrorResponse", json.loads(content))
    elif "/samplers/" in path:  # paths of our own
        return
    elif path.endswith("/models"):
        check("ListModelsResponse", json.loads(content))
    elif "/models/" in path:
        check("Model", json.loads(content))
    elif path.endswith("/content"):
        return
    elif path.endswith("/files"):
        is_list = b'"list"' in content
        check("ListFilesResponse" if is_list else "OpenAIFile", json.loads(content))
    elif "/files/" in path:
        is_deleted = b'"deleted"' in content
        check("DeleteFileResponse" if is_deleted else "OpenAIFile", json.loads(content))
    elif path.endswith("/transcriptions"):
        _check_transcription(content_type, content)
    elif path.endswith("/batches"):
        is_list = b'"list"' in content and b'"first_id"' in content
        check("ListBatchesResponse" if is_list else "Batch", json.loads(content))
    elif "/batches/" in path:
        check("Batch", json.loads(content))
    elif path.endswith("/moderations"):
        check("CreateModerationResponse", json.loads(content))
    elif path.endswith("/v1/completions"):
        _check_completion(content_type, content)
    elif content_type.startswith("text/event-stream"):
        _check_events(content)
    else:
        check("CreateChatCompletionResponse", json.loads(content))


def _check_transcription(content_type: str, content: bytes) -> None:
    if content_type.startswith("application/json"):
        kind = "VerboseJson" if b'"task"' in content else "Json"
        check(f"CreateTranscriptionResponse{kind}", json.loads(content))


def _check_events(content: bytes) -> None:
    for event in _events(content):
        check("CreateChatCompletionStreamResponse", event)


def _events(content: bytes) -> list[dict]:
    *events, end = [event.removeprefix(b"data: ") for event in content.split(b"\n\n") if event]
    assert end == b"[DONE]"
    return [json.loads(event) for event in events]


def _check_completion(content_type: str, content: bytes) -> None:
    """Where OpenAI sends null and its file does not know it, a value stands in for the null."""
    is_stream = content_type.startswith("text/event-stream")
    for body in _events(content) if is_stream else [json.loads(content)]:
        for choice in body["choices"]:
            if is_stream and choice["finish_reason"] is None:
                choice["finish_reason"] = "stop"
            arrays = choice["logprobs"] or {"token_logprobs": ()}
            if None in arrays["token_logprobs"][:1]:  # a prompt's first token
                assert arrays["top_logprobs"][0] is None
                arrays["token_logprobs"][0] = 0
                arrays["top_logprobs"][0] = {}
        if is_stream and body.get("usage", 0) is None:  # of a chunk that is not the last one
            del body["usage"]
        check("CreateCompletionResponse", body)


def transport(http=httpx):
    """A transport that checks each answer that is read to its end.

    `http` is httpx, or a module with its interface.
    """

    class Checked(http.SyncByteStream):
        def __init__(self, stream, path: str, response):
            self.stream = stream
            self.path = path
            self.response = response

        def __iter__(self):
            parts = []
            for part in self.stream:
                parts.append(part)
                yield part
            content_type = self.response.headers.get("content-type", "")
            check_answer(self.path, self.response.status_code, content_type, b"".join(parts))

        def close(self) -> None:
            self.stream.close()

    class Transport(http.HTTPTransport):
        def handle_request(self, request):
            response = super().handle_request(request)
            response.stream = Checked(response.stream, request.url.path, response)
            return response

    # The server closes a connection that is idle for 5 s. Where the client also keeps it for 5 s,
    # one can be closed at the very moment when it is used again.
    return Transport(limits=http.Limits(keepalive_expiry=2))
