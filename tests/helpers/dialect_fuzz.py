"""Requests to a provider's door with a fixed seed: right values, or one that is wrong."""

import copy
import json
import random
from collections.abc import Callable

import httpx

JUNK = [True, 0, -1, 2**70, 10**400, 1.5, "", "x", "\x00", [], {}, [None], {"type": "x"}, [[]]]
JUNK += [{"type": None}, ["a", 1], "好😊", [{"role": "user"}], {"type": ["enabled"]}]


def bodies(fields: dict[str, list], needed: dict, count: int, seed: int) -> list[dict]:
    """Requests with some of `fields` (name: right values). Every second one has a wrong value."""
    rng = random.Random(seed)
    made = []
    for i in range(count):
        names = rng.sample(sorted(fields), rng.randint(0, 6))
        body = needed | {name: rng.choice(fields[name]) for name in names}
        if i % 2:
            body[rng.choice([*fields, *needed])] = rng.choice(JUNK)
        made.append(body)
    return made


def spoilt(dice: random.Random, body: dict, values: list) -> dict:
    """The body with one value changed to one of `values`, left out or added, anywhere."""
    places = []

    def walk(value):
        if isinstance(value, dict):
            places.extend((value, name) for name in value)
            places.append((value, "another"))
        if isinstance(value, list):
            places.extend((value, i) for i in range(len(value)))
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                walk(inner)

    walk(body)
    holder, key = dice.choice(places)
    if isinstance(holder, dict) and key in holder and dice.random() < 0.2:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(dice.choice(values))
    return body


def answered(
    client: httpx.Client,
    path: str,
    body: dict,
    answer: Callable[[dict], object],
    chunk: Callable[[dict], object],
    error: Callable[[dict], object],
) -> bool:
    """Whether a request is answered. Fails unless it is or is a 400, each as the SDK has it.

    `answer`, `chunk` and `error` validate what came.
    """
    response = client.post(path, json=body)
    assert response.status_code in (200, 400), (body, response.text)
    if response.status_code == 400:
        error(response.json())
        return False
    if body.get("stream") is not True:
        answer(response.json())
        return True
    *events, done = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert done == "[DONE]"
    for event in events:
        chunk(json.loads(event))
    return True
