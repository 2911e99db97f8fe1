"""The path from a body to an answer."""

from responses_door import text_of


def test_answers(responses):
    answer = responses.http.post("/responses", json=responses.body(temperature=0)).json()
    assert "Paris" in text_of(answer)
    assert answer["model"] == responses.model
