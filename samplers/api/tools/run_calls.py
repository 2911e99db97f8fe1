"""The tool calls of one answer, run at once; whatever happens in a tool, its call gets a result."""

import json
import threading
import time
from collections.abc import Sequence
from contextvars import copy_context

from samplers.api.results import ToolCall
from samplers.api.tools.tool import Tool, ToolError
from samplers.api.tools.tool_run import ToolResult

MAX_RESULT = 20_000  # characters of one tool's result that the model is shown


def run_calls(
    calls: Sequence[ToolCall], tools: dict[str, Tool], start: float, max_seconds: float
) -> tuple:
    """The calls' results in their order. Each runs in a thread; one that is not back in time is
    left there.
    """
    results: list[ToolResult | None] = [None] * len(calls)

    def run(i: int) -> None:
        began = time.perf_counter() - start
        content, error = _outcome(calls[i], tools)
        results[i] = ToolResult(
            calls[i], content, error, began, time.perf_counter() - start - began
        )

    # daemons, or a tool that never ends would keep the program from ending; a context each: output
    # finds its cell
    threads = [
        threading.Thread(target=copy_context().run, args=(run, i), daemon=True)
        for i in range(len(calls))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, max_seconds - (time.perf_counter() - start)))
    return tuple(
        done or not_run(call, "time") for call, done in zip(calls, list(results), strict=True)
    )


def _outcome(call: ToolCall, tools: dict[str, Tool]) -> tuple[str, str | None]:
    """(what the model is told, the error or None)."""
    content, error = "", None
    try:
        if call.name not in tools:
            raise ToolError(f"there is no tool {call.name!r:.100}: there are {', '.join(tools)}")
        content = tools[call.name].run(call.arguments)
    except ToolError as failure:
        error = str(failure)
    except BaseException as failure:
        # SystemExit in a tool must not leave its call without a result
        error = f"{call.name} failed: {type(failure).__name__}"
    if error is not None:
        content = _error(error)
    if len(content) > MAX_RESULT:
        content = f"{content[:MAX_RESULT]} … (cut: {len(content):,} characters)"
    return content, error


def not_run(call: ToolCall, limit: str) -> ToolResult:
    """The result of a call that a limit kept from being run, or from being awaited."""
    error = f"no result: the limit on {limit} was reached"
    return ToolResult(call, _error(error), error)


def _error(text: str) -> str:
    return json.dumps({"error": text}, ensure_ascii=False)
