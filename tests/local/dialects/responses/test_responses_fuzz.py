"""300 requests of the SDK's own types, others in each run: right ones, spoilt ones, odd ones.

Never a 500, never a hang, never a body that the SDK's strict validation refuses. A failure prints
the run's seed; `FUZZ_SEED=… python -m pytest …` sends the same requests again.
"""

import json
import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from openai.types.responses import Response, ResponseItemList
from openai.types.responses.response_create_params import ResponseCreateParamsBase
from pydantic import TypeAdapter
from responses_door import Door, check_life, events_of, strict
from responses_fuzz import odd, right, wrong

SEED = int(os.environ.get("FUZZ_SEED") or random.randrange(2**32))
COUNTS = {right: 24, wrong: 136, odd: 140}
AT_ONCE = 4
SECONDS = 60  # for one answer
ENDS = ("response.completed", "response.incomplete")
PARAMS = TypeAdapter(ResponseCreateParamsBase)


@pytest.fixture(scope="module")
def responses(shallow):
    with Door(shallow) as door:
        yield door


@pytest.fixture(scope="module")
def drawn(responses) -> list[tuple]:
    """The kind and the body of each request. One in eight asks the simulated reasoning model."""
    print(f"FUZZ_SEED={SEED}")  # pytest shows it with a failure
    dice = random.Random(SEED)
    models = [responses.model] * 7 + [responses.reasoning]
    kinds = [kind for kind, count in COUNTS.items() for _ in range(count)]
    return [(kind, kind(dice, dice.choice(models))) for kind in kinds]


def test_three_hundred_requests(responses, drawn):
    def status(request: tuple) -> tuple:
        kind, body = request
        # json.dumps writes half surrogates and NaN, as a bad client may; httpx would refuse them
        content = json.dumps(body)
        answer = responses.http.post("/responses", content=content, timeout=SECONDS)
        try:
            check(responses, body, answer)
        except Exception as error:
            error.add_note(f"FUZZ_SEED={SEED}\n{content}\n{answer.status_code} {answer.text}")
            raise
        return kind, answer.status_code

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        statuses = list(crowd.map(status, drawn))
    assert len(statuses) >= 300
    assert {code for kind, code in statuses if kind is right} == {200}
    for kind in (wrong, odd):
        codes = [code for each, code in statuses if each is kind]
        assert codes.count(200) > 0
        assert codes.count(400) > 50


def check(responses, body: dict, answer) -> None:
    """Fails unless a request is answered or refused as the SDK has it."""
    if answer.status_code != 200:
        assert answer.status_code in (400, 404)
        error = answer.json()["error"]
        assert error.keys() == {"message", "type", "param", "code"}
        assert error["message"]
        assert error["type"] == "invalid_request_error"
        return
    if body.get("stream"):
        events = events_of(answer)
        check_life(events)
        assert events[-1]["type"] in ENDS
        response = events[-1]["response"]
    else:
        strict(Response, answer.text)
        response = answer.json()
    if response["background"]:
        cancelled = responses.http.post(f"/responses/{response['id']}/cancel")
        strict(Response, cancelled.text)
        return
    check_kept(responses, response)


def check_kept(responses, response: dict) -> None:
    """What is kept is what came, and the list of its items is the SDK's."""
    found = responses.http.get(f"/responses/{response['id']}")
    if not response["store"]:
        assert found.status_code == 404
        return
    assert found.json() == response
    strict(ResponseItemList, responses.http.get(f"/responses/{response['id']}/input_items").text)


def test_right_ones_are_of_the_types(drawn):
    for kind, body in drawn:
        if kind is right:
            body = {name: value for name, value in body.items() if name != "stream"}
            PARAMS.validate_python(body)
