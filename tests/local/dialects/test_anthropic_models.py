"""GET /v1/models in Anthropic's form for who sends its version header, and in OpenAI's without."""

import anthropic
import pytest
from anthropic.pagination import SyncPage
from anthropic.types import ModelInfo
from anthropic_door import TODAY, Door, sentence_of, strict

HEADERS = {"anthropic-version": TODAY}


@pytest.fixture(scope="module")
def door(endpoint):
    with Door(endpoint) as door:
        yield door


@pytest.fixture(scope="module")
def names(endpoint, reasoning):
    return [endpoint.model, reasoning.model]


def page(door, **query) -> dict:
    response = door.http.get("/v1/models", params=query, headers=HEADERS)
    assert response.status_code == 200, response.text
    for model in response.json()["data"]:
        assert set(model) <= set(ModelInfo.model_fields)
    strict(SyncPage[ModelInfo], response.text)
    return response.json()


def test_the_sdk_lists_them(door, names):
    models = list(door.sdk.models.list())
    assert [model.id for model in models] == names
    assert [door.sdk.models.retrieve(name) for name in names] == models
    assert {model.lifecycle for model in models} == {"active"}
    assert {model.max_input_tokens for model in models} == {4096}


def test_the_sdk_turns_the_pages(door, names):
    assert [model.id for model in door.sdk.models.list(limit=1)] == names
    assert [model.id for model in door.sdk.models.list(lifecycle=["retired"])] == []
    assert [model.id for model in door.sdk.models.list(lifecycle=["active"])] == names
    first = door.sdk.models.list(limit=1)
    assert first.has_more
    assert [model.id for model in first.get_next_page().data] == names[1:]


def test_pages(door, names):
    first, second = names
    everything = page(door)
    assert (everything["first_id"], everything["last_id"]) == (first, second)
    assert everything["has_more"] is False
    assert page(door, limit=1)["has_more"] is True
    assert [model["id"] for model in page(door, after_id=first)["data"]] == [second]
    assert page(door, after_id=second) == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }
    assert [model["id"] for model in page(door, before_id=second)["data"]] == [first]
    assert page(door, before_id=first)["data"] == []


@pytest.mark.parametrize(
    ("query", "begin"),
    [
        ({"limit": 0}, "limit: Input should be between"),
        ({"limit": 1001}, "limit: Input should be between"),
        ({"limit": "x"}, "limit: Input should be a valid integer"),
        ({"after_id": "x"}, "after_id: there is no model 'x'"),
        ({"before_id": "x"}, "before_id: there is no model 'x'"),
        ({"lifecycle": "young"}, "lifecycle: Input should be"),
    ],
)
def test_a_wrong_query(door, query, begin):
    response = door.http.get("/v1/models", params=query, headers=HEADERS)
    assert sentence_of(response).startswith(begin)


def test_a_wrong_version(door):
    response = door.http.get("/v1/models", headers={"anthropic-version": "2020-01-01"})
    assert "is not a valid version" in sentence_of(response)


def test_a_model_that_is_not_there(door):
    with pytest.raises(anthropic.NotFoundError) as raised:
        door.sdk.models.retrieve("claude-opus-5-5")
    assert raised.value.type == "not_found_error"
    assert raised.value.api_message == "model: claude-opus-5-5"


def test_openais_form_without_the_header(door, names):
    models = door.http.get("/v1/models")
    assert models.json()["object"] == "list"
    assert "x-samplers-logits" in models.headers
    assert "x-request-id" in models.headers
    one = door.http.get(f"/v1/models/{names[0]}")
    assert one.json()["object"] == "model"
    missing = door.http.get("/v1/models/x")
    assert missing.json()["error"]["code"] == "model_not_found"
