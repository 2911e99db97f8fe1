"""The loop of a model with tools: what it sends, the calls it runs, and what it survives."""

import dataclasses
import threading
import time

import httpx
import pytest
from fake_endpoint import completion, fake
from scripted_model import ScriptedModel, calls, contents_to_model, weather

from samplers.api import (
    APIError,
    ConnectionFailed,
    RateLimitError,
    ToolResult,
    Usage,
    run_tools,
    tool,
)
from samplers.lab.lessons.calculator import calculator


def test_the_whole_way():
    model = ScriptedModel(
        calls(("weather", {"city": "Paris"}), text="Let me look."),
        completion("Yes, it is clear."),
    )
    start = time.perf_counter()
    run = model.run(temperature=0)
    elapsed = time.perf_counter() - start

    assert (run.ended, run.text) == ("answer", "Yes, it is clear.")
    assert [m["role"] for m in run.messages] == ["user", "assistant", "tool", "assistant"]
    assert run.messages[1]["content"] == "Let me look."
    assert run.messages[2] == {
        "role": "tool",
        "tool_call_id": "call_0",
        "content": '{"city":"Paris","sky":"clear"}',
    }

    first, second = model.bodies
    assert second["messages"] == list(run.messages[:3])
    assert first["tools"] == second["tools"] == [weather.definition, calculator.definition]
    assert first["temperature"] == second["temperature"] == 0
    assert "tool_choice" not in second

    assert run.usage == Usage(20, 10, 30)
    assert [len(r.results) for r in run.rounds] == [1, 0]
    assert run.rounds[1].started >= run.rounds[0].started + run.rounds[0].seconds
    assert run.rounds[1].started + run.rounds[1].seconds <= elapsed
    (result,) = run.rounds[0].results
    assert result.started + result.seconds <= run.rounds[1].started
    assert repr(run) == "ToolRun(ended='answer', text='Yes, it is clear.')"
    assert ToolResult(result.call, "text").error is None
    for part in (run, run.rounds[0], result):
        with pytest.raises(dataclasses.FrozenInstanceError):
            part.seconds = 0


def test_the_messages_that_came_in_stay_as_they_were():
    messages = [{"role": "user", "content": "x"}]
    model = ScriptedModel(calls(("weather", {"city": "x"})), completion())
    run_tools(model.client, messages, [weather])
    assert messages == [{"role": "user", "content": "x"}]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("weather", "{"), "bad arguments for weather"),
        (("weather", {"city": 5}), "city: Input should be a valid string"),
        (("weather", {}), "city: Field required"),
        (("weather", {"city": "x", "x": 1}), "Extra inputs are not permitted"),
        (("wether", {}), "there is no tool 'wether': there are weather, calculator"),
        (("calculator", {"expression": "__import__('os')"}), "'_' is not allowed"),
        (("calculator", {"expression": "1/0"}), "division by zero"),
    ],
)
def test_the_model_reads_why_a_call_failed_and_the_loop_goes_on(call, says):
    run = ScriptedModel(calls(call), completion("Sorry.")).run()
    assert (run.ended, run.text) == ("answer", "Sorry.")
    assert says in contents_to_model(run)[0]["error"]
    assert says in run.rounds[0].results[0].error


@pytest.mark.parametrize(
    "error", [RuntimeError("no"), SystemExit(1), KeyboardInterrupt(), RecursionError()]
)
def test_a_tool_cannot_end_the_loop(error):
    @tool
    def bad() -> int:
        raise error

    run = ScriptedModel(calls(("bad", {})), completion("ok")).run(bad)
    assert run.ended == "answer"
    assert f"bad failed: {type(error).__name__}" in contents_to_model(run)[0]["error"]


def test_the_model_reads_an_error_in_its_own_letters():
    @tool
    def station(city: str) -> str:
        raise LookupError(f"{city}?")

    model = ScriptedModel(calls(("station", {"city": "東京"})), completion())
    assert "LookupError: 東京?" in model.run(station).messages[2]["content"]


def test_parallel_calls_run_at_once_and_keep_their_order():
    # passed only if all three wait there at the same time
    barrier = threading.Barrier(3, timeout=10)

    @tool
    def meet(who: int) -> str:
        barrier.wait()
        time.sleep(0.02 * (3 - who))  # the first called comes back last
        return f'"{who}"'

    run = ScriptedModel(calls(*(("meet", {"who": i}) for i in range(3))), completion()).run(meet)
    assert contents_to_model(run) == ["0", "1", "2"]
    ids = [m["tool_call_id"] for m in run.messages if m["role"] == "tool"]
    assert ids == ["call_0", "call_1", "call_2"]
    assert all(r.started >= 0 and r.seconds > 0 for r in run.rounds[0].results)


def test_a_long_result_is_cut():
    @tool
    def page(length: int) -> str:
        return "x" * length

    lengths = (20_000, 20_001)
    run = ScriptedModel(calls(*(("page", {"length": n}) for n in lengths)), completion()).run(page)
    whole, cut = (result.content for result in run.rounds[0].results)
    assert whole == "x" * 20_000
    assert cut == whole + " … (cut: 20,001 characters)"


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ({"message": {"content": None, "refusal": "I can't."}}, "I can't."),
        ({"message": {"content": "par"}, "finish_reason": "content_filter"}, "par"),
    ],
)
def test_a_refusal(choice, text):
    run = ScriptedModel(completion(**choice)).run()
    assert (run.ended, run.text) == ("refusal", text)


def test_a_forced_choice_holds_for_the_first_round_only():
    model = ScriptedModel(calls(("weather", {"city": "x"})), completion("It is clear."))
    assert model.run(tool_choice="required").ended == "answer"
    assert [body["tool_choice"] for body in model.bodies] == ["required", "auto"]

    model = ScriptedModel(calls(("weather", {"city": "x"})), completion())
    model.run(tool_choice="none")
    assert [body["tool_choice"] for body in model.bodies] == ["none", "none"]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.Response(429, json={}), RateLimitError),
        (httpx.Response(400, json={"error": {"code": "context_length_exceeded"}}), APIError),
        (httpx.ConnectError("refused"), ConnectionFailed),
        (httpx.ReadError("reset"), ConnectionFailed),
    ],
)
def test_the_error_of_a_failing_endpoint_carries_the_transcript(failure, kind):
    with pytest.raises(kind) as caught:
        ScriptedModel(calls(("weather", {"city": "x"})), failure).run()
    assert [m["role"] for m in caught.value.transcript] == ["user", "assistant", "tool"]


def not_called(request):
    raise AssertionError("nothing should be sent")


@pytest.mark.parametrize(
    ("tools", "options", "says"),
    [
        ([], {}, "tools must be one or more functions made by @tool"),
        ([print], {}, "tools must be one or more functions made by @tool"),
        ([weather, weather], {}, "tools must have different names, got weather, weather$"),
        ([weather], {"max_rounds": 0}, "max_rounds must be an int >= 1"),
        ([weather], {"max_rounds": 2.0}, "max_rounds must be an int >= 1"),
        ([weather], {"max_tokens": True}, "max_tokens must be an int >= 1"),
        ([weather], {"max_seconds": 0}, "max_seconds must be a number of seconds > 0"),
        ([weather], {"max_seconds": None}, "max_seconds must be a number of seconds > 0"),
        ([weather], {"max_seconds": float("nan")}, "max_seconds must be a number of seconds > 0"),
        ([weather], {"n": 2}, r"n must be left out of run_tools\(\)"),
        ([weather], {"stream": True}, r"stream must be left out of run_tools\(\)"),
        ([weather], {"max_completion_tokens": 5}, "max_completion_tokens must be left out"),
        ([weather], {"timeout": 5}, "timeout must be left out"),
    ],
)
def test_bad_arguments(tools, options, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        run_tools(fake(not_called), "x", tools, **options)


def test_bad_messages():
    with pytest.raises(ValueError, match="messages must be"):
        run_tools(fake(not_called), [], [weather])
