"""The loop of a model with tools: what it sends, what it survives, and every limit that ends it."""

import json
import threading
import time

import httpx
import pytest
from fake_endpoint import completion, fake

from samplers.api import APIError, ConnectionFailed, RateLimitError, Usage, run_tools, tool
from samplers.lab.lessons.calculator import calculator


@tool
def weather(city: str) -> dict:
    """The weather.

    city: where
    """
    return {"city": city, "sky": "clear"}


def calls(*wanted, finish_reason="tool_calls", text=None) -> httpx.Response:
    """An answer that asks for (name, arguments) each."""
    listed = [
        {
            "id": f"call_{i}",
            "type": "function",
            "function": {"name": name, "arguments": a if isinstance(a, str) else json.dumps(a)},
        }
        for i, (name, a) in enumerate(wanted)
    ]
    message = {"role": "assistant", "content": text, "tool_calls": listed}
    return completion(message=message, finish_reason=finish_reason)


class Model:
    """A client whose answers are written down, and what it was asked."""

    def __init__(self, *answers):
        self.asked: list[dict] = []
        script = iter(answers)

        def answer(request):
            self.asked.append(json.loads(request.content))
            result = next(script)
            if callable(result):
                return result(request)
            if isinstance(result, Exception):
                raise result
            return result

        self.client = fake(answer)

    def run(self, *tools, **options):
        return run_tools(
            self.client, "Is it clear in Paris?", tools or [weather, calculator], **options
        )


def told(run) -> list:
    """What the model was told as results."""
    return [json.loads(m["content"]) for m in run.messages if m["role"] == "tool"]


def test_the_whole_way():
    model = Model(
        calls(("weather", {"city": "Paris"}), text="Let me look."), completion("Yes, it is clear.")
    )
    run = model.run(temperature=0)
    assert (run.ended, run.text) == ("answer", "Yes, it is clear.")
    assert [m["role"] for m in run.messages] == ["user", "assistant", "tool", "assistant"]
    assert run.messages[1]["content"] == "Let me look."
    assert run.messages[2] == {
        "role": "tool",
        "tool_call_id": "call_0",
        "content": '{"city":"Paris","sky":"clear"}',
    }
    first, second = model.asked
    assert second["messages"] == list(run.messages[:3])
    assert first["tools"] == second["tools"] == [weather.definition, calculator.definition]
    assert first["temperature"] == second["temperature"] == 0
    assert run.usage == Usage(20, 10, 30)
    assert [len(r.results) for r in run.rounds] == [1, 0]
    assert run.rounds[1].started >= run.rounds[0].started + run.rounds[0].seconds


def test_the_messages_that_came_in_stay_as_they_were():
    messages = [{"role": "user", "content": "x"}]
    run_tools(Model(calls(("weather", {"city": "x"})), completion()).client, messages, [weather])
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
def test_what_fails_is_told_to_the_model_and_the_loop_goes_on(call, says):
    run = Model(calls(call), completion("Sorry.")).run()
    assert (run.ended, run.text) == ("answer", "Sorry.")
    assert says in told(run)[0]["error"]
    assert says in run.rounds[0].results[0].error


@pytest.mark.parametrize(
    "error", [RuntimeError("no"), SystemExit(1), KeyboardInterrupt(), RecursionError()]
)
def test_a_tool_cannot_end_the_loop(error):
    @tool
    def bad() -> int:
        raise error

    run = Model(calls(("bad", {})), completion("ok")).run(bad)
    assert run.ended == "answer"
    assert f"bad failed: {type(error).__name__}" in told(run)[0]["error"]


def test_parallel_calls_run_at_once_and_keep_their_order():
    # passed only if all three wait there at the same time
    barrier = threading.Barrier(3, timeout=10)

    @tool
    def meet(who: int) -> str:
        barrier.wait()
        time.sleep(0.02 * (3 - who))  # the first called comes back last
        return f'"{who}"'

    run = Model(calls(*(("meet", {"who": i}) for i in range(3))), completion()).run(meet)
    assert told(run) == ["0", "1", "2"]
    assert [m["tool_call_id"] for m in run.messages if m["role"] == "tool"] == [
        "call_0",
        "call_1",
        "call_2",
    ]
    assert all(r.started >= 0 and r.seconds > 0 for r in run.rounds[0].results)


def test_a_long_result_is_cut():
    @tool
    def page() -> str:
        return "x" * 50_000

    content = Model(calls(("page", {})), completion()).run(page).messages[2]["content"]
    assert len(content) < 20_100
    assert content.endswith("(cut: 50,000 characters)")


def test_the_limit_on_rounds():
    count = []

    @tool
    def more() -> int:
        count.append(1)
        return 1

    model = Model(*(calls(("more", {})) for _ in range(9)))
    run = model.run(more, max_rounds=3)
    assert run.ended == "rounds"
    # the last calls could help nobody
    assert (len(model.asked), len(run.rounds), len(count)) == (3, 3, 2)
    assert "limit on rounds" in told(run)[-1]["error"]
    assert [m["role"] for m in run.messages][-1] == "tool"  # every call has its result


def test_an_answer_in_the_last_round_is_an_answer():
    assert Model(completion("yes")).run(max_rounds=1).ended == "answer"


def test_the_limit_on_tokens_shrinks_with_every_round():
    # each answer has 5 tokens
    model = Model(*(calls(("weather", {"city": "x"})) for _ in range(9)))
    run = model.run(max_rounds=9, max_tokens=12)
    assert [body["max_completion_tokens"] for body in model.asked] == [12, 7, 2]
    assert run.ended == "tokens"
    assert "limit on tokens" in told(run)[-1]["error"]


def test_calls_that_were_cut_are_not_run():
    run = Model(calls(("weather", '{"city": "Par'), finish_reason="length")).run()
    assert run.ended == "tokens"
    assert "limit on tokens" in told(run)[0]["error"]


def test_a_text_that_was_cut_is_told_from_an_answer():
    run = Model(completion("Yes, it", finish_reason="length")).run()
    assert (run.ended, run.text) == ("tokens", "Yes, it")


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ({"message": {"content": None, "refusal": "I can't."}}, "I can't."),
        ({"message": {"content": "par"}, "finish_reason": "content_filter"}, "par"),
    ],
)
def test_a_refusal(choice, text):
    run = Model(completion(**choice)).run()
    assert (run.ended, run.text) == ("refusal", text)


def test_a_tool_that_never_ends_is_left_behind_at_the_limit_on_time():
    stop = threading.Event()

    @tool
    def forever() -> str:
        stop.wait(30)
        return "late"

    start = time.monotonic()
    run = Model(calls(("weather", {"city": "x"}), ("forever", {}))).run(
        weather, forever, max_seconds=0.3
    )
    assert time.monotonic() - start < 5
    stop.set()
    assert run.ended == "time"
    assert told(run)[0]["sky"] == "clear"
    assert "limit on time" in told(run)[1]["error"]


def test_a_model_that_is_late_is_not_waited_for():
    waits = []

    def late(request):
        waits.append(request.extensions["timeout"]["read"])
        time.sleep(waits[0])
        raise httpx.ReadTimeout("timed out")

    run = Model(late).run(max_seconds=0.2)
    assert waits == [pytest.approx(0.2)]
    assert (run.ended, run.rounds, len(run.messages)) == ("time", (), 1)


def test_a_forced_choice_holds_for_the_first_round_alone():
    model = Model(calls(("weather", {"city": "x"})), completion("It is clear."))
    assert model.run(tool_choice="required").ended == "answer"
    assert [body["tool_choice"] for body in model.asked] == ["required", "auto"]
    model = Model(calls(("weather", {"city": "x"})), completion())
    model.run(tool_choice="none")
    assert [body["tool_choice"] for body in model.asked] == ["none", "none"]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.Response(429, json={}), RateLimitError),
        (httpx.Response(400, json={"error": {"code": "context_length_exceeded"}}), APIError),
        (httpx.ConnectError("refused"), ConnectionFailed),
        (httpx.ReadError("reset"), ConnectionFailed),
    ],
)
def test_a_failing_endpoint_is_an_error_that_carries_the_transcript(failure, kind):
    with pytest.raises(kind) as caught:
        Model(calls(("weather", {"city": "x"})), failure).run()
    assert [m["role"] for m in caught.value.transcript] == ["user", "assistant", "tool"]


def untouched(request):
    raise AssertionError("nothing was to be sent")


@pytest.mark.parametrize(
    ("tools", "options", "says"),
    [
        ([], {}, "tools must be one or more functions made by @tool"),
        ([print], {}, "tools must be one or more functions made by @tool"),
        ([weather, weather], {}, "tools must have different names"),
        ([weather], {"max_rounds": 0}, "max_rounds must be an int >= 1"),
        ([weather], {"max_rounds": 2.0}, "max_rounds must be an int >= 1"),
        ([weather], {"max_tokens": True}, "max_tokens must be an int >= 1"),
        ([weather], {"max_seconds": 0}, "max_seconds must be a number of seconds > 0"),
        ([weather], {"max_seconds": None}, "max_seconds must be a number of seconds > 0"),
        ([weather], {"max_seconds": float("nan")}, "max_seconds must be a number of seconds > 0"),
        ([weather], {"n": 2}, "n must be left out"),
        ([weather], {"stream": True}, "stream must be left out"),
    ],
)
def test_bad_arguments(tools, options, says):
    with pytest.raises(ValueError, match=says):
        run_tools(fake(untouched), "x", tools, **options)


def test_bad_messages():
    with pytest.raises(ValueError, match="messages must be"):
        run_tools(fake(untouched), [], [weather])


@pytest.mark.parametrize("timeout", [0, -1, "5", True, float("nan"), float("inf")])
def test_a_bad_timeout_of_chat(timeout):
    with pytest.raises(ValueError, match="timeout must be a number of seconds > 0"):
        fake(untouched).chat("x", timeout=timeout)
