"""The limits that end the loop of a model with tools: rounds, tokens and seconds."""

import json
import threading
import time

import httpx
import pytest
from fake_endpoint import completion, fake
from scripted_model import ScriptedModel, calls, contents_to_model, weather

from samplers.api import ConnectionFailed, tool
from samplers.api.tools import tool_loop


def test_the_limit_on_rounds():
    runs = []

    @tool
    def more() -> int:
        runs.append(1)
        return 1

    model = ScriptedModel(*(calls(("more", {})) for _ in range(9)))
    run = model.run(more, max_rounds=3)

    assert run.ended == "rounds"
    assert (len(model.bodies), len(run.rounds)) == (3, 3)
    assert len(runs) == 2  # nothing could read the results of the last calls
    assert "limit on rounds" in contents_to_model(run)[-1]["error"]
    (not_run,) = run.rounds[-1].results
    assert (not_run.started, not_run.seconds) == (None, 0)
    assert [m["role"] for m in run.messages][-1] == "tool"  # every call has its result


def test_an_answer_in_the_last_round_is_an_answer():
    assert ScriptedModel(completion("yes")).run(max_rounds=1).ended == "answer"


def test_the_limit_on_tokens_shrinks_with_every_round():
    # each answer has 5 tokens
    model = ScriptedModel(*(calls(("weather", {"city": "x"})) for _ in range(9)))
    run = model.run(max_rounds=9, max_tokens=12)
    assert [body["max_completion_tokens"] for body in model.bodies] == [12, 7, 2]
    assert run.ended == "tokens"
    assert "limit on tokens" in contents_to_model(run)[-1]["error"]


def test_the_last_token_is_spent():
    model = ScriptedModel(*(calls(("weather", {"city": "x"})) for _ in range(9)))
    assert model.run(max_tokens=6).ended == "tokens"
    assert [body["max_completion_tokens"] for body in model.bodies] == [6, 1]

    model = ScriptedModel(calls(("weather", {"city": "x"})))
    assert model.run(max_tokens=5).ended == "tokens"


def test_the_limits_that_hold_if_none_is_given():
    timeouts = []

    def ask(request):
        timeouts.append(request.extensions["timeout"]["read"])
        return calls(("weather", {"city": "x"}))

    model = ScriptedModel(*[ask] * 9)
    assert model.run().ended == "rounds"
    assert len(model.bodies) == 5
    assert model.bodies[0]["max_completion_tokens"] == 2_000
    assert 59.5 < timeouts[0] <= 60


def test_an_endpoint_that_counts_no_tokens():
    uncounted = httpx.Response(200, json=json.loads(completion("yes").content) | {"usage": None})
    run = ScriptedModel(uncounted).run()
    assert (run.ended, run.text, run.usage.total_tokens) == ("answer", "yes", 0)


def test_calls_that_were_cut_are_not_run():
    run = ScriptedModel(calls(("weather", '{"city": "Par'), finish_reason="length")).run()
    assert run.ended == "tokens"
    assert "limit on tokens" in contents_to_model(run)[0]["error"]


def test_a_text_that_was_cut_is_not_an_answer():
    run = ScriptedModel(completion("Yes, it", finish_reason="length")).run()
    assert (run.ended, run.text) == ("tokens", "Yes, it")


def test_a_tool_that_never_ends_is_left_behind_at_the_limit_on_time():
    stop = threading.Event()

    @tool
    def forever() -> str:
        assert threading.current_thread().daemon  # or it would keep the program from ending
        stop.wait(30)
        return "late"

    model = ScriptedModel(calls(("weather", {"city": "x"}), ("forever", {})))
    start = time.monotonic()
    run = model.run(weather, forever, max_seconds=0.3)
    assert time.monotonic() - start < 5
    stop.set()

    assert run.ended == "time"
    in_time, late = contents_to_model(run)
    assert in_time["sky"] == "clear"
    assert "limit on time" in late["error"]


def test_the_last_second_is_used():
    model = ScriptedModel(calls(("weather", {"city": "x"})), completion("yes"))
    assert model.run(max_seconds=1).ended == "answer"


def test_calls_that_come_at_the_limit_on_time_are_not_run():
    runs = []

    @tool
    def note() -> None:
        runs.append(1)

    def late(request):
        time.sleep(0.02)
        return calls(("note", {}))

    run = ScriptedModel(late).run(note, max_seconds=0.01)
    assert run.ended == "time"
    assert runs == []
    assert "limit on time" in contents_to_model(run)[0]["error"]


class StoppedClock:
    """A loop's clock with this many seconds left."""

    def __init__(self, left: float):
        self._left = left

    def left(self) -> float:
        return self._left

    def now(self) -> float:
        return 0.0


def test_no_thread_is_waited_for_when_no_time_is_left(monkeypatch):
    waits = []
    monkeypatch.setattr(threading.Thread, "join", lambda thread, timeout: waits.append(timeout))
    asked = fake(calls(("weather", {"city": "x"}))).chat("x")
    tool_loop._run_calls(asked.tool_calls, {"weather": weather}, StoppedClock(-1.0))
    assert waits == [0.0]


@pytest.mark.parametrize(("left", "is_late"), [(0.5, False), (0.0, True), (-0.5, True)])
def test_a_connection_that_fails_is_late_when_no_time_is_left(left, is_late):
    clock = StoppedClock(left)
    assert tool_loop._timed_out(ConnectionFailed("silent", sent=True), clock) == is_late
    assert not tool_loop._timed_out(ConnectionFailed("refused", sent=False), clock)


@pytest.mark.parametrize(("left", "ended"), [(0.5, None), (0.0, "time"), (-0.5, "time")])
def test_calls_are_run_while_time_is_left(left, ended):
    asked = fake(calls(("weather", {"city": "x"}))).chat("x")
    assert tool_loop._ended(asked, False, 1, left) == ended


def test_a_model_that_is_late_is_not_waited_for():
    timeouts = []

    def late(request):
        timeout = request.extensions["timeout"]["read"]
        timeouts.append(timeout)
        time.sleep(timeout)
        raise httpx.ReadTimeout("timed out")

    run = ScriptedModel(late).run(max_seconds=0.2)
    assert timeouts == [pytest.approx(0.2)]
    assert (run.ended, run.rounds, len(run.messages)) == ("time", (), 1)
