"""Many requests at a time: their order, their failures, and what a crash or Ctrl-C leaves."""

import asyncio
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from fake_endpoint import Recorded, completion, fake

from samplers.api import APIError, Completion, Gathered, gather
from samplers.api.gathering.saved_answers import load

NAMES = ["a", "b", "c", "d", "e", "f"]


async def coroutine(request):
    return request


def quiet(call, requests, concurrency=2, **options):
    return gather(call, requests, concurrency, progress=False, **options)


def echo(request: httpx.Request) -> httpx.Response:
    content = json.loads(request.content)["messages"][0]["content"]
    return completion(content)


def refuse_every_b(request: httpx.Request) -> httpx.Response:
    answer = echo(request)
    if json.loads(answer.content)["choices"][0]["message"]["content"] == "b":
        return httpx.Response(400, json={"error": {"message": "No b.", "code": "no_b"}})
    return answer


@pytest.mark.parametrize("progress", [True, False])
def test_results_come_in_the_requests_order(progress, capsys):
    """Although the last one ends first: each waits for the one after it."""
    ended = [threading.Event() for _ in range(4)]
    ended[3].set()

    def call(number: int) -> int:
        assert ended[number + 1].wait(10)
        ended[number].set()
        return 10 * number

    results = gather(call, range(3), 3, progress=progress)
    assert results == [Gathered(i, 10 * i) for i in range(3)]
    assert ("3/3" in capsys.readouterr().err) is progress


def test_a_clients_requests():
    recorded = Recorded(completion("hello"))
    client = fake(recorded)
    messages = [{"role": "user", "content": "c"}]
    requests = ["a", {"messages": "b", "max_tokens": 7}, messages]
    results = quiet(client, requests, concurrency=1)
    assert [result.request for result in results] == requests
    assert [result.answer.text for result in results] == ["hello"] * 3
    assert [body["messages"][0]["content"] for body in recorded.bodies] == ["a", "b", "c"]
    assert [body.get("max_tokens") for body in recorded.bodies] == [None, 7, None]


def test_no_more_than_concurrency_run_at_a_time():
    """And so many do: each waits until three are there."""
    three = threading.Barrier(3, timeout=10)
    running = []
    most = []

    def call(number: int) -> None:
        running.append(number)
        most.append(len(running))
        three.wait()
        running.remove(number)
        three.wait()

    quiet(call, range(9), 3)
    assert max(most) == 3


def test_a_failure_stands_beside_its_request():
    results = quiet(fake(refuse_every_b), NAMES)
    assert [result.answer and result.answer.text for result in results] == [
        *("a", None, "c", "d", "e", "f")
    ]
    error = results[1].error
    assert isinstance(error, APIError)
    assert (error.status, error.code) == (400, "no_b")
    assert [result.error for result in results if result is not results[1]] == [None] * 5


def test_the_bar_counts_the_failures(capsys):
    gather(fake(refuse_every_b), ["b", "a"], 1)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "failed=1" in shown


def test_it_works_while_an_event_loop_runs():
    async def cell():
        return quiet(fake(echo), NAMES)

    assert [result.answer.text for result in asyncio.run(cell())] == NAMES


def test_no_requests():
    assert quiet(fake(echo), []) == []


def test_the_next_run_asks_only_what_is_missing(tmp_path):
    save = tmp_path / "answers.jsonl"
    first = quiet(fake(refuse_every_b, key="a-key-of-nobody"), NAMES, save=save)
    recorded = Recorded(completion("b at last"))
    second = quiet(fake(recorded, key="a-key-of-nobody"), NAMES, save=save)
    assert len(recorded.requests) == 1
    assert second[1].answer.text == "b at last"
    for number in (0, 2, 3, 4, 5):
        assert second[number] == first[number]
        assert isinstance(second[number].answer, Completion)
    assert quiet(fake(httpx.ReadError("not asked")), NAMES, save=save) == second
    assert "key" not in save.read_text()


def test_another_models_answers_are_not_taken_for_this_ones(tmp_path):
    save = tmp_path / "answers.jsonl"
    quiet(fake(completion(), "small"), NAMES, save=save)
    recorded = Recorded(completion())
    message = (
        r"save must name .* to the model large, .* holds the answers of the model small\. Name"
    )
    with pytest.raises(ValueError, match=message):
        quiet(fake(recorded, "large"), NAMES, save=save)
    with pytest.raises(ValueError, match=r"to a function, .* holds the answers of the model small"):
        quiet(len, NAMES, save=save)
    assert recorded.requests == []


def test_requests_that_are_the_same_are_told_apart(tmp_path):
    numbers = iter(range(10))
    answers = quiet(lambda _: next(numbers), ["x"] * 3, 1, save=tmp_path / "answers.jsonl")
    assert [result.answer for result in answers] == [0, 1, 2]
    again = quiet(lambda _: next(numbers), ["x"] * 3, 1, save=str(tmp_path / "answers.jsonl"))
    assert again == answers


def test_an_answer_that_cannot_be_saved_ends_it(tmp_path):
    """It is a mistake in the call, and each further one would be paid for in vain."""
    save = tmp_path / "answers.jsonl"
    with pytest.raises(ValueError, match=r"call must return a Completion, or .*; got object"):
        quiet(lambda _: object(), NAMES, save=save)
    assert load(save, NAMES) == {}


INTERRUPTED = """
import signal, sys, threading, time
from samplers.api import gather

came = threading.Event()

def interrupt(*_):
    came.set()
    raise KeyboardInterrupt

def call(number):
    if number == 3:
        print("now", flush=True)
        came.wait(10)
    time.sleep(0.005)
    return number

signal.signal(signal.SIGINT, interrupt)
gather(call, range(1000), 1, save=sys.argv[1])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a group")
def test_ctrl_c_keeps_what_is_there(tmp_path):
    save = tmp_path / "answers.jsonl"
    command = [sys.executable, "-c", INTERRUPTED, str(save)]
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, cwd=root, **pipes) as process:
        assert process.stdout.readline() == b"now\n"
        process.send_signal(signal.SIGINT)
        stderr = process.communicate(timeout=30)[1]
    assert stderr.rstrip().endswith(b"KeyboardInterrupt")

    saved = load(save, list(range(1000)))
    assert saved == {number: number for number in range(len(saved))}
    assert 4 <= len(saved) < 1000  # the fourth ran when Ctrl-C came
    asked = []
    results = quiet(lambda n: asked.append(n) or n, range(1000), save=save)
    assert [result.answer for result in results] == list(range(1000))
    assert sorted(asked) == list(range(len(saved), 1000))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, ["a"]), r"client_or_call must be a Client, or a function of one .*, got None"),
        ((coroutine, ["a"]), "a function of one request that is not async, got <function corou"),
        ((print, "text"), "requests must be a list of requests, got 'text'"),
        ((print, {"a": 1}), "requests must be a list"),
        ((print, 5), "requests must be a list"),
        ((print, ["a"], 0), r"concurrency must be an int in \[1, 100\], got 0"),
        ((print, ["a"], 101), "concurrency must be"),
        ((print, ["a"], True), "concurrency must be"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        gather(*arguments)


def test_one_clients_messages_are_not_a_list_of_requests():
    recorded = Recorded(completion())
    messages = [{"messages": "a"}, {"role": "user", "content": "b"}]
    with pytest.raises(ValueError, match=r"requests\[1\] must be a str, a list of .* got \{'role'"):
        quiet(fake(recorded), messages)
    assert recorded.requests == []


@pytest.mark.parametrize("options", [{"save": ""}, {"save": 5}, {"progress": None}])
def test_wrong_options(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} must be"):
        gather(print, ["a"], **options)
