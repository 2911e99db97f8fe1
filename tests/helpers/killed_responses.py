"""A conversation of chained responses with an endpoint that is killed again and again."""

import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import openai
from killed_batches import Killed

TURNS = 6  # after which another conversation begins
MOST_BEFORE = 3  # turns before a kill comes, within the time of two more
BROKEN = (openai.APIConnectionError, httpx2.TransportError, ConnectionError)


@dataclass
class Outcome:
    """What came of it. `kills` has, for each kill, how many turns of it were acknowledged."""

    kills: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class Turn:
    """A response that was acknowledged, and the ids of the items that it must have read."""

    response: openai.types.responses.Response
    items: list[str]


def run(folder: Path, kills: int, seed: int) -> Outcome:
    """Kills the endpoint so many times, each at a random moment, and looks what is left.

    Turns are plain and streamed, at random. What was acknowledged, by a 200 or a last event, must
    be there after the kill, whole, and the conversation goes on from it.
    """
    rng = random.Random(seed)
    outcome = Outcome()
    endpoint = Killed(folder)
    turns: list[Turn] = []
    for _ in range(kills):
        before = len(turns)
        for _ in range(rng.randint(1, MOST_BEFORE)):
            begin = time.monotonic()
            turns.append(_turn(endpoint, turns[-1] if turns else None, rng))
        seconds = time.monotonic() - begin
        killing = threading.Timer(rng.uniform(0, 2 * seconds), endpoint.process.kill)
        killing.start()
        with suppress(*BROKEN):
            while True:
                turns.append(_turn(endpoint, turns[-1], rng))
        killing.join()
        outcome.kills.append(len(turns) - before)
        endpoint.kill()
        endpoint.start()
        outcome.problems += _problems(endpoint, turns)
        if len(turns) > TURNS:
            turns = []
    endpoint.end()
    return outcome


def _turn(endpoint: Killed, last: Turn | None, rng: random.Random) -> Turn:
    fields = {
        "model": endpoint.model,
        "input": f"Say {rng.randrange(1000)}.",
        "max_output_tokens": 16,
        "truncation": "auto",
        "previous_response_id": None if last is None else last.response.id,
    }
    responses = endpoint.batches.sdk.responses
    if rng.random() < 0.5:
        response = responses.create(**fields)
    else:
        response = _last_of(responses.create(**fields, stream=True))
    # its own item's id is known by asking alone
    items = [item.id for item in responses.input_items.list(response.id, order="asc", limit=100)]
    known = [] if last is None else [*last.items, *(item.id for item in last.response.output)]
    assert items[:-1] == known, (items, known)
    return Turn(response, items)


def _last_of(stream):
    """The response of a stream's last event. ConnectionError if it broke off before it."""
    for event in stream:
        if event.type in ("response.completed", "response.incomplete"):
            return event.response
        if event.type in ("response.failed", "error"):
            raise AssertionError(event)
    raise ConnectionError("the stream broke off")


def _problems(endpoint: Killed, turns: list[Turn]) -> list[str]:
    responses = endpoint.batches.sdk.responses
    problems = []
    for number, turn in enumerate(turns):
        try:
            found = responses.retrieve(turn.response.id)
            listed = responses.input_items.list(turn.response.id, order="asc", limit=100)
            items = [item.id for item in listed]
        except openai.NotFoundError:
            problems.append(f"turn {number} is lost")
            continue
        if found != turn.response:
            problems.append(f"turn {number} is another one: {found} instead of {turn.response}")
        if items != turn.items:
            problems.append(f"turn {number} has read {items} instead of {turn.items}")
    return problems
