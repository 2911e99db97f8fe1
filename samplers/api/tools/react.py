"""The loop of a model with tools: it asks, we run, it reads and goes on; held to rounds, seconds
and tokens.

The pattern is ReAct (Yao et al., "ReAct: Synergizing Reasoning and Acting in Language Models",
2022).
"""

import time
from collections.abc import Iterable

from samplers.api.errors import ConnectionFailed, EndpointError
from samplers.api.request import as_messages, as_seconds
from samplers.api.results import Completion
from samplers.api.tools.run_calls import not_run, run_calls
from samplers.api.tools.tool import Tool
from samplers.api.tools.tool_run import Round, ToolRun


def run_tools(
    client,
    messages,
    tools: Iterable[Tool],
    *,
    max_rounds: int = 5,
    max_seconds: float = 60.0,
    max_tokens: int = 2_000,
    **params,
) -> ToolRun:
    """Lets the model answer `messages`, using `tools`, till it answers or a limit is reached.

    `max_rounds`: answers of the model; `max_seconds`: for all of it (a tool that is still running
    then is left behind); `max_tokens`: that the model may write in all rounds together. `params` go
    with every request; a `tool_choice` that forces a call holds for the first alone, or the loop
    would never end. Calls of one round run at once. A tool that fails, bad arguments and an unknown
    tool are told to the model. ValueError for a wrong argument; an EndpointError that ends the loop
    carries the messages so far as `transcript`.
    """
    by_name = _by_name(tools)
    as_seconds("max_seconds", max_seconds)
    for name, value in (("max_rounds", max_rounds), ("max_tokens", max_tokens)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be an int >= 1, got {value!r}")
    for name in {"stream", "n", "max_completion_tokens", "timeout"} & params.keys():
        raise ValueError(f"{name} must be left out of run_tools()")
    transcript, rounds = as_messages(messages), []
    params["tools"] = [t.definition for t in by_name.values()]
    start = time.perf_counter()
    left, seconds_left = max_tokens, max_seconds

    def end(ended: str, completion: Completion | None = None) -> ToolRun:
        text = (completion.text or completion.refusal or "") if completion else ""
        return ToolRun(ended, text, tuple(transcript), tuple(rounds))

    while True:
        asked = time.perf_counter() - start
        try:
            answer = client.chat(
                transcript, max_completion_tokens=left, timeout=seconds_left, **params
            )
        except EndpointError as error:
            if (
                isinstance(error, ConnectionFailed)
                and error.sent
                and time.perf_counter() - start >= max_seconds
            ):
                return end("time")
            error.transcript = tuple(transcript)
            raise
        took = time.perf_counter() - start - asked
        left -= answer.usage.completion_tokens if answer.usage else 0
        seconds_left = max_seconds - (time.perf_counter() - start)
        ended = _ended(answer, left, len(rounds) + 1 >= max_rounds, seconds_left)
        if ended:
            results = tuple(not_run(call, ended) for call in answer.tool_calls)
        else:
            results = run_calls(answer.tool_calls, by_name, start, max_seconds)
        rounds.append(Round(answer, results, asked, took))
        transcript.append(answer.message)
        transcript += [
            {"role": "tool", "tool_call_id": r.call.id, "content": r.content} for r in results
        ]
        seconds_left = max_seconds - (time.perf_counter() - start)
        if not ended and seconds_left <= 0:
            ended = "time"
        if ended:
            return end(ended, answer)
        if params.get("tool_choice") not in (None, "auto", "none"):
            params["tool_choice"] = "auto"


def _ended(answer: Completion, left: int, last: bool, seconds_left: float) -> str | None:
    """Why the loop ends with this answer, or None if the calls that it asks for are to be run."""
    if answer.refusal or answer.finish_reason == "content_filter":
        return "refusal"
    if answer.finish_reason == "length":
        return "tokens"
    if not answer.tool_calls:
        return "answer"
    return "rounds" if last else "tokens" if left < 1 else "time" if seconds_left <= 0 else None


def _by_name(tools: Iterable[Tool]) -> dict[str, Tool]:
    tools = list(tools)
    if not tools or not all(isinstance(t, Tool) for t in tools):
        raise ValueError(f"tools must be one or more functions made by @tool, got {tools!r:.200}")
    by_name = {t.name: t for t in tools}
    if len(by_name) < len(tools):
        raise ValueError(
            f"tools must have names of their own, got {', '.join(t.name for t in tools)}"
        )
    return by_name
