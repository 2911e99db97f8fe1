"""GET /v1/samplers/vocabulary: the bytes of every token, with an ETag."""

import base64

from samplers.local.engine import weights
from samplers.local.engine.gguf import read_vocabulary


def test_every_tokens_bytes(endpoint):
    with endpoint.client() as client:
        answer = client.get("/samplers/vocabulary")
    body = answer.json()
    vocabulary = read_vocabulary(weights.ensure())
    assert (body["object"], body["model"]) == ("samplers.vocabulary", endpoint.model)
    assert body["size"] == len(body["lengths"]) == 49152

    joined = base64.b64decode(body["bytes"])
    tokens = []
    for length in body["lengths"]:
        tokens.append(joined[:length])
        joined = joined[length:]
    assert joined == b""
    assert tuple(tokens) == vocabulary.token_bytes
    assert body["names"]["2"] == "<|im_end|>"
    assert all(tokens[int(token)] == b"" for token in body["names"])
    assert 2 in body["stop_ids"]


def test_the_etag(endpoint, reasoning):
    with endpoint.client() as client:

        def status(known: str, model: str = endpoint.model) -> int:
            headers = {"If-None-Match": known}
            return client.get(f"/samplers/vocabulary?model={model}", headers=headers).status_code

        tag = client.get("/samplers/vocabulary").headers["etag"]
        assert tag == client.get("/samplers/vocabulary").headers["etag"]
        assert [status(known) for known in (tag, f"W/{tag}", f'"a", {tag}', "*")] == [304] * 4
        assert [status(known) for known in ('"a"', tag.strip('"'), "")] == [200] * 3
        assert status(tag, reasoning.model) == 200  # it names the other model
        empty = client.get("/samplers/vocabulary", headers={"If-None-Match": tag})
        assert (empty.content, empty.headers["etag"]) == (b"", tag)


def test_another_model(endpoint):
    with endpoint.client() as client:
        answer = client.get("/samplers/vocabulary?model=gpt-4o")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
