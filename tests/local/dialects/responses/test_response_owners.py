"""Whose responses are whose, and what limits and faults do to their paths."""

import time

import openai
import pytest


@pytest.fixture
def learners(start, two_layers, tmp_path):
    """Two learners' clients of one endpoint, and its model."""
    file = tmp_path / "keys.txt"
    file.touch(mode=0o600)
    keys = ("ada-has-this-key", "bob-has-this-key")
    file.write_text("ada {}\nbob {}\n".format(*keys))
    endpoint = start("--keys", str(file), "--profile", "plain")
    options = {"base_url": endpoint.base_url, "max_retries": 0, "timeout": 120}
    clients = [openai.OpenAI(api_key=key, **options) for key in keys]
    yield *clients, endpoint.model
    for client in clients:
        client.close()


def test_a_learner_cannot_see_anothers_response(learners):
    ada, bob, model = learners
    fields = {"model": model, "max_output_tokens": 16}
    made = ada.responses.create(input="Hello", **fields)
    for ask in (bob.responses.retrieve, bob.responses.delete, bob.responses.cancel):
        with pytest.raises(openai.NotFoundError):
            ask(made.id)
    with pytest.raises(openai.NotFoundError):
        bob.responses.input_items.list(made.id)
    with pytest.raises(openai.BadRequestError) as raised:
        bob.responses.create(input="And?", previous_response_id=made.id, **fields)
    assert raised.value.code == "previous_response_not_found"
    with pytest.raises(openai.NotFoundError):
        bob.responses.create(input=[{"type": "item_reference", "id": made.output[0].id}], **fields)
    assert ada.responses.retrieve(made.id).output_text == made.output_text


def test_owners_take_turns_in_the_background(learners):
    """Bob's one response does not wait for all that Ada had asked for before."""
    ada, bob, model = learners
    fields = {"model": model, "input": "Tell me a very long story.", "background": True}
    of_ada = [ada.responses.create(max_output_tokens=150, **fields).id for _ in range(6)]
    of_bob = bob.responses.create(max_output_tokens=16, **fields)
    deadline = time.monotonic() + 60
    while of_bob.status in ("queued", "in_progress"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
        of_bob = bob.responses.retrieve(of_bob.id)
    assert [ada.responses.retrieve(each).status for each in of_ada[-2:]] == ["queued", "queued"]
    for each in of_ada:
        ada.responses.cancel(each)


def test_limits_and_faults_hold_for_each_path(responses):
    made = responses.response()
    one = f"/responses/{made['id']}"
    asks = [
        lambda **options: responses.http.get(one, **options),
        lambda **options: responses.http.get(f"{one}/input_items", **options),
        lambda **options: responses.http.post(f"{one}/cancel", **options),
        lambda **options: responses.http.delete(one, **options),
        lambda **options: responses.http.post("/responses", json=responses.body(), **options),
    ]
    for ask in asks:
        answer = ask(headers={"x-samplers-fault": "503"})
        assert answer.status_code == 503
        assert answer.headers["x-samplers-simulated"] == "fault=503"
    assert responses.http.get(one).status_code == 200  # nobody deleted it
