"""The loop of a model with tools: it asks for calls, we run them, it reads the results.

The loop ends with the model's answer, or at a limit on rounds, seconds or tokens. The pattern is
ReAct (Yao et al., "ReAct: Synergizing Reasoning and Acting in Language Models", 2022).
"""

import json
import threading
import time
from collections.abc import Iterable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field

from samplers.api.errors import ConnectionFailed, EndpointError
from samplers.api.request import as_seconds
from samplers.api.responses.response import Response
from samplers.api.results import Completion, ToolCall, Usage
from samplers.api.tools.response_turns import ResponseTurns
from samplers.api.tools.tool import Tool, ToolError
from samplers.api.tools.turns import ChatTurns
from samplers.checks import one_of

MAX_RESULT = 20_000  # characters of one tool's result that the model gets to read
TURNS = {"chat": ChatTurns, "responses": ResponseTurns}


@dataclass(frozen=True)
class ToolResult:
    """The outcome of one call: `content` goes to the model; `error` is why it failed, or None."""

    call: ToolCall
    content: str
    error: str | None = None
    # Seconds from the loop's start. None: the call was not run, or did not end in time.
    started: float | None = None
    seconds: float = 0.0

    @property
    def message(self) -> dict:
        """The result as a message to the model."""
        return {"role": "tool", "tool_call_id": self.call.id, "content": self.content}


@dataclass(frozen=True)
class Round:
    """One answer of the model, and the results of the calls that it asks for, in its order."""

    completion: Completion | Response
    results: tuple[ToolResult, ...]
    started: float  # seconds from the loop's start
    seconds: float  # that the model took


@dataclass(frozen=True)
class ToolRun:
    """How a loop went, round by round.

    `ended`: "answer", "refusal", or the limit that ended it: "rounds", "time" or "tokens". `text`:
    the answer, or as much of it as there is. `messages`: the whole transcript, the input first, by
    Responses of items. In it every call has its result, whatever ended the loop, so the
    conversation can go on.
    """

    ended: str
    text: str
    messages: tuple[dict, ...] = field(repr=False)
    rounds: tuple[Round, ...] = field(repr=False)

    @property
    def usage(self) -> Usage:
        """The sum over the rounds. A prompt is read, and billed, again in every round."""
        usages = (r.completion.usage for r in self.rounds if r.completion.usage)
        return sum(usages, Usage(0, 0, 0))


def run_tools(
    client,
    messages,
    tools: Iterable[Tool],
    *,
    api: str = "chat",
    max_rounds: int = 5,
    max_seconds: float = 60.0,
    max_tokens: int = 2_000,
    **params,
) -> ToolRun:
    """Lets the model answer `messages` with `tools`, until it answers or a limit is reached.

    `api`: "chat", or "responses" for the same by Responses (`ResponseTurns` says what it sends).
    `max_rounds`: answers of the model. `max_seconds`: for the whole loop; a tool that still runs
    then is left behind. `max_tokens`: what the model may write in all rounds together.

    `params` go with every request. A `tool_choice` that forces a call is sent with the first one
    only, or the loop would never end. The calls of one round run in parallel. A tool that fails,
    bad arguments and an unknown tool are reported to the model.

    ValueError for a wrong argument. An EndpointError that ends the loop has the messages so far as
    `transcript`.
    """
    tools_by_name = _by_name(tools)
    one_of(api, "api", tuple(TURNS))
    _check_options(max_rounds, max_seconds, max_tokens, TURNS[api].least_tokens, params)
    definitions = [tool.definition for tool in tools_by_name.values()]
    turns = TURNS[api](client, messages, definitions, params)
    rounds: list[Round] = []
    clock = _Clock(max_seconds)
    seconds_left = max_seconds
    tokens_left = max_tokens

    while True:
        started = clock.now()
        try:
            completion = turns.ask(tokens_left, seconds_left)
        except EndpointError as error:
            if _timed_out(error, clock):
                return ToolRun("time", "", tuple(turns.transcript), tuple(rounds))
            error.transcript = tuple(turns.transcript)
            raise

        seconds = clock.now() - started
        if completion.usage:
            tokens_left -= completion.usage.completion_tokens

        is_last = len(rounds) + 1 >= max_rounds
        has_tokens = tokens_left >= turns.least_tokens
        ended = _ended(completion, is_last, has_tokens, clock.left())
        if ended:
            results = tuple(_not_run(call, ended) for call in completion.tool_calls)
        else:
            results = _run_calls(completion.tool_calls, tools_by_name, clock)
        rounds.append(Round(completion, results, started, seconds))
        turns.add(completion, results)

        seconds_left = clock.left()
        if not ended and seconds_left <= 0:
            ended = "time"
        if ended:
            text = completion.text or completion.refusal or ""
            return ToolRun(ended, text, tuple(turns.transcript), tuple(rounds))
        turns.choose_freely()


class _Clock:
    """The seconds since a loop began, and those that are left of its limit."""

    def __init__(self, max_seconds: float):
        self._start = time.perf_counter()
        self._max_seconds = max_seconds

    def now(self) -> float:
        return time.perf_counter() - self._start

    def left(self) -> float:
        return self._max_seconds - self.now()


def _by_name(tools: Iterable[Tool]) -> dict[str, Tool]:
    tools = list(tools)
    if not tools or not all(isinstance(tool, Tool) for tool in tools):
        raise ValueError(f"tools must be one or more functions made by @tool, got {tools!r:.200}")

    by_name = {tool.name: tool for tool in tools}
    if len(by_name) < len(tools):
        names = ", ".join(tool.name for tool in tools)
        raise ValueError(f"tools must have different names, got {names}")
    return by_name


def _check_options(
    max_rounds: int, max_seconds: float, max_tokens: int, least: int, params: dict
) -> None:
    """`least`: the least that an answer's tokens may be limited to."""
    as_seconds("max_seconds", max_seconds)
    for name, value, low in (("max_rounds", max_rounds, 1), ("max_tokens", max_tokens, least)):
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise ValueError(f"{name} must be an int >= {low}, got {value!r}")
    for name in ("stream", "n", "max_completion_tokens", "max_output_tokens", "timeout"):
        if name in params:
            raise ValueError(f"{name} must be left out of run_tools()")


def _timed_out(error: EndpointError, clock: _Clock) -> bool:
    """Whether the error is that the model took more than the time that was left."""
    return isinstance(error, ConnectionFailed) and error.sent and clock.left() <= 0


def _ended(
    completion: Completion | Response, is_last_round: bool, has_tokens: bool, seconds_left: float
) -> str | None:
    """Why the loop ends with this answer. None if the calls that it asks for are to be run."""
    if completion.refusal or completion.finish_reason == "content_filter":
        return "refusal"
    if completion.finish_reason == "length":
        return "tokens"
    if not completion.tool_calls:
        return "answer"
    if is_last_round:
        return "rounds"
    if not has_tokens:
        return "tokens"
    if seconds_left <= 0:
        return "time"

    return None


def _run_calls(
    calls: Sequence[ToolCall], tools: dict[str, Tool], clock: _Clock
) -> tuple[ToolResult, ...]:
    """The calls' results, in the calls' order. A call that does not end in time is left running."""
    results: dict[int, ToolResult] = {}

    def run(i: int) -> None:
        results[i] = _run_call(calls[i], tools, clock)

    # Daemons, so that a tool that never ends does not keep the program from ending. Each has a copy
    # of the context: in Jupyter that decides which cell gets the output.
    threads = [
        threading.Thread(target=copy_context().run, args=(run, i), daemon=True)
        for i in range(len(calls))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, clock.left()))

    return tuple(results.get(i) or _not_run(call, "time") for i, call in enumerate(calls))


def _run_call(call: ToolCall, tools: dict[str, Tool], clock: _Clock) -> ToolResult:
    """The call's result, whatever happens in the tool."""
    started = clock.now()
    error = None
    try:
        if call.name not in tools:
            raise ToolError(f"there is no tool {call.name!r:.100}: there are {', '.join(tools)}")
        content = tools[call.name].run(call.arguments)
    except ToolError as failure:
        error = str(failure)
    except BaseException as failure:  # even SystemExit: every call must have a result
        error = f"{call.name} failed: {type(failure).__name__}"

    if error is not None:
        content = _error_content(error)
    if len(content) > MAX_RESULT:
        content = f"{content[:MAX_RESULT]} … (cut: {len(content):,} characters)"
    return ToolResult(call, content, error, started, clock.now() - started)


def _not_run(call: ToolCall, limit: str) -> ToolResult:
    """The result of a call that was not run, or not waited for, because of a limit."""
    error = f"no result: the limit on {limit} was reached"
    return ToolResult(call, _error_content(error), error)


def _error_content(error: str) -> str:
    return json.dumps({"error": error}, ensure_ascii=False)
