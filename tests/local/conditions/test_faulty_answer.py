"""Where a stream goes wrong, whatever its form and however short it is."""

import asyncio
import json

import pytest

from samplers.local.answer.event_stream import OPENAI_EVENTS, EventForm, EventStream
from samplers.local.conditions.faulty_answer import FIRST_PLACE, LAST_PLACE
from samplers.local.conditions.key_conditions import Conditions
from samplers.local.conditions.middleware import Conditioned
from samplers.local.conditions.simulation import Simulation
from samplers.local.key import OWNER
from samplers.local.request.errors import ApiError

NAMED = EventForm(named=True, done="", error=lambda error: {"type": "error"})
NUMBERED = EventForm(True, "", lambda error: {"type": "error"}, numbered=True)
PLAIN = EventForm(named=False, done="", error=lambda error: {"type": "error"})
FORMS = [NAMED, NUMBERED, PLAIN, OPENAI_EVENTS]
SIZES = [1, 2, 3, 9]
ERROR = ApiError(500, "")


def answered(form: EventForm, size: int, fault: str, seed: int = 0) -> tuple[list[str], bool]:
    """The events of a stream of this `size`, as they stand on the wire; and whether it ended."""
    hung_up = asyncio.Event()
    sent = []

    async def app(scope, receive, send) -> None:
        async def events():
            for number in range(size):
                yield {"type": f"e{number}"}

        await EventStream(events(), form)(scope, receive, send)

    async def receive():
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(message) -> None:
        sent.append(message)

    async def run() -> None:
        scope = {
            "type": "http",
            "path": "/v1/chat/completions",
            "headers": [(b"x-samplers-fault", fault.encode())],
            "state": {"hang_up": hung_up.set},
            OWNER: "somebody",
        }
        conditions = Conditions(Simulation(fault_seed=seed))
        await asyncio.wait_for(Conditioned(app, conditions)(scope, receive, send), 10)

    asyncio.run(run())
    assert (b"x-samplers-simulated", f"fault={fault}".encode()) in sent[0]["headers"]
    text = b"".join(message["body"] for message in sent[1:]).decode()
    return text.split("\n\n")[:-1], sent[-1].get("more_body") is False


def data(event: str) -> dict:
    return json.loads(event.rpartition("data: ")[2])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fault", ["error_event", "error_data"])
def test_the_error_comes_in_the_place_of_an_event(form, size, fault):
    events, ended = answered(form, size, fault)
    assert ended
    *before, error = events
    assert min(FIRST_PLACE, size - 1) <= len(before) <= min(LAST_PLACE, size - 1)
    assert [data(event) for event in before] == [{"type": f"e{i}"} for i in range(len(before))]
    assert error.startswith("event: error\ndata: ") == (fault == "error_event")
    shown = form.error_event(ERROR, len(before))
    assert data(error).keys() == shown.keys()
    if form.numbered:
        assert data(error) == {"type": "error", "sequence_number": len(before)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", FORMS)
def test_one_event_is_broken(form, size):
    events, ended = answered(form, size, "broken_event")
    assert ended
    if form.done:
        assert events.pop() == "data: [DONE]"
    assert len(events) == size
    broken = []
    for number, event in enumerate(events):
        assert event.startswith(f"event: e{number}\ndata: {{" if form.named else "data: {")
        try:
            assert data(event) == {"type": f"e{number}"}
        except ValueError:
            broken.append(number)
    (number,) = broken
    assert min(FIRST_PLACE, size - 1) <= number <= min(LAST_PLACE, size - 1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", FORMS)
def test_a_cut_stream_lacks_its_last_event(form, size):
    events, ended = answered(form, size, "cut")
    assert not ended
    assert min(FIRST_PLACE, size - 1) <= len(events) <= min(LAST_PLACE, size - 1)


def test_every_place_is_drawn():
    places = {len(answered(NAMED, 9, "error_event", seed)[0]) - 1 for seed in range(40)}
    assert places == set(range(FIRST_PLACE, LAST_PLACE + 1))
