"""A model whose answers a test writes down, for the loop of a model with tools."""

import json

import httpx
from fake_endpoint import completion, fake

from samplers.api import ToolRun, run_tools, tool
from samplers.lab.lessons.calculator import calculator


@tool
def weather(city: str) -> dict:
    """The weather.

    city: where
    """
    return {"city": city, "sky": "clear"}


class ScriptedModel:
    """Gives its answers in order, and keeps the requests' JSON as `bodies`.

    An answer is a Response, an exception, or a function of the request. None is asked for twice.
    """

    def __init__(self, *answers):
        self.bodies: list[dict] = []
        self._answers = iter(answers)
        self.client = fake(self._answer, max_retries=0)

    def _answer(self, request: httpx.Request):
        self.bodies.append(json.loads(request.content))
        answer = next(self._answers)
        return answer(request) if callable(answer) else answer

    def run(self, *tools, **options) -> ToolRun:
        tools = tools or (weather, calculator)
        return run_tools(self.client, "Is it clear in Paris?", tools, **options)


def calls(*wanted, finish_reason="tool_calls", text=None) -> httpx.Response:
    """An answer that asks for calls, each given as (name, arguments)."""
    tool_calls = []
    for i, (name, arguments) in enumerate(wanted):
        if not isinstance(arguments, str):
            arguments = json.dumps(arguments)
        function = {"name": name, "arguments": arguments}
        tool_calls.append({"id": f"call_{i}", "type": "function", "function": function})

    message = {"role": "assistant", "content": text, "tool_calls": tool_calls}
    return completion(message=message, finish_reason=finish_reason)


def contents_to_model(run: ToolRun) -> list:
    """What the model could read of the results, as JSON values."""
    return [json.loads(m["content"]) for m in run.messages if m["role"] == "tool"]
