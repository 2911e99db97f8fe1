"""OpenAI's Agents SDK and the local model: a tool runs once, its result is read, the run ends.

The call is forced (tool_choice "required"); after it the SDK leaves the choice to the model.
"""

import asyncio
import json
from typing import Literal

import pytest
from agents import (
    Agent,
    ModelSettings,
    OpenAIResponsesModel,
    RunConfig,
    Runner,
    RunResult,
    RunResultStreaming,
    function_tool,
)
from openai import AsyncOpenAI

Ran = RunResult | RunResultStreaming
SUN = "It is sunny in Oslo, 21 degrees."
ASK = "What is the weather in Oslo?"


async def plain(agent: Agent, config: RunConfig) -> tuple[Ran, list[str]]:
    """The end of a run, and the text of each answer."""
    result = await Runner.run(agent, ASK, run_config=config, max_turns=3)
    return result, [result.final_output]


async def streamed(agent: Agent, config: RunConfig) -> tuple[Ran, list[str]]:
    """The same, of a streamed run: its texts' pieces."""
    result = Runner.run_streamed(agent, ASK, run_config=config, max_turns=3)
    raw = [
        event.data async for event in result.stream_events() if event.type == "raw_response_event"
    ]
    return result, [event.delta for event in raw if event.type == "response.output_text.delta"]


@pytest.mark.parametrize("way", [plain, streamed])
def test_a_tool_runs_once_and_the_run_ends(responses, way):
    asked: list[str] = []

    @function_tool
    def weather(city: Literal["Oslo"]) -> str:
        """The weather in a city."""
        asked.append(city)
        return SUN

    async def run() -> tuple[Ran, list[str]]:
        async with AsyncOpenAI(
            api_key=responses.key,
            base_url=str(responses.sdk.base_url),
            max_retries=0,
            timeout=60,
            _strict_response_validation=True,
        ) as client:
            agent = Agent(
                name="helper",
                instructions="Answer in one sentence.",
                tools=[weather],
                model=OpenAIResponsesModel(responses.model, client),
                model_settings=ModelSettings(
                    tool_choice="required", temperature=0, max_tokens=24, store=True
                ),
                reset_tool_choice=True,
            )
            return await way(agent, RunConfig(tracing_disabled=True))

    result, texts = asyncio.run(run())
    assert asked == ["Oslo"]
    first, second = result.raw_responses
    (call,) = first.output
    assert (call.type, call.name, json.loads(call.arguments)) == (
        "function_call",
        "weather",
        {"city": "Oslo"},
    )
    answer, *_ = second.output
    assert answer.type == "message"
    assert "".join(texts) == result.final_output == answer.content[0].text
    assert result.final_output

    read = list(responses.sdk.responses.input_items.list(second.response_id, order="asc"))
    assert [item.type for item in read] == ["message", "function_call", "function_call_output"]
    assert (read[1].call_id, read[2].output) == (call.call_id, SUN)
    choices = [
        responses.sdk.responses.retrieve(each.response_id).tool_choice for each in (first, second)
    ]
    assert choices == ["required", "auto"]
