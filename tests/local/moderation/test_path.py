"""POST /v1/moderations over the wire: OpenAI's SDK in strict validation must not notice."""

import openai
import pytest

PARTS = [
    {"type": "text", "text": "I will kill them"},
    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
]


@pytest.fixture(scope="module")
def client(endpoint):
    options = {"max_retries": 0, "timeout": 60, "_strict_response_validation": True}
    with openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key, **options) as client:
        yield client


@pytest.mark.parametrize(
    ("value", "flagged"),
    [
        ("I will kill them", [True]),
        (["I will kill them", "Hello!", "你好"], [True, False, False]),
        (PARTS, [True]),
        ([PARTS[0], {"type": "text", "text": "Hello!"}], [True]),
        (PARTS[1:], [False]),
    ],
)
def test_openais_sdk(client, value, flagged):
    answer = client.moderations.create(input=value)
    assert answer.model == "samplers-word-list"
    assert answer.id.startswith("modr-")
    assert [result.flagged for result in answer.results] == flagged
    for result in answer.results:
        assert result.categories.violence == result.flagged
        assert result.category_scores.violence == (0.93 if result.flagged else 0)
        assert len(result.to_dict()["categories"]) == 13


def test_no_category_looks_at_a_picture(client):
    for parts, applied in ((PARTS, ["text"]), (PARTS[1:], [])):
        (result,) = client.moderations.create(input=parts).results
        types = result.category_applied_input_types.to_dict()
        assert list(types.values()) == [applied] * 13


def test_openais_file(endpoint):
    """The helper's client holds each answer to OpenAI's API file."""
    with endpoint.client() as http:
        assert http.post("/moderations", json={"input": ["a", "b"]}).status_code == 200
        assert http.post("/moderations", json={"input": []}).status_code == 400
        assert http.post("/moderations", content=b"no").status_code == 400
        assert http.get("/moderations").status_code == 405


def test_another_model(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.moderations.create(model="omni-moderation-latest", input="a")
    assert caught.value.code == "model_not_found"


def test_a_long_input(client):
    """Each text is at its bound; other requests are answered meanwhile."""
    answer = client.moderations.create(input=["a b " * 25_000] * 4)
    assert not any(result.flagged for result in answer.results)
