"""OpenAI's Agents SDK and the local model: a tool runs once, its result is read, the run ends.

The call is forced (tool_choice "required"); after it the SDK leaves the choice to the model.
"""

import asyncio
import json
from typing import Literal

import openai
import pytest

SUN = "It is sunny in Oslo, 21 degrees."
ASK = {"input": "What is the weather in Oslo?", "max_turns": 3}


@pytest.fixture(scope="module")
def agents():
    """The package; to import it takes three seconds, which is too long for collecting tests."""
    import agents

    return agents


async def plain(agents, agent, config):
    """A run's result, and its text."""
    result = await agents.Runner.run(agent, run_config=config, **ASK)
    return result, result.final_output


async def streamed(agents, agent, config):
    """The same of a streamed run; the text is that of its pieces."""
    result = agents.Runner.run_streamed(agent, run_config=config, **ASK)
    raw = [event async for event in result.stream_events() if event.type == "raw_response_event"]
    pieces = [each.data for each in raw if each.data.type == "response.output_text.delta"]
    return result, "".join(piece.delta for piece in pieces)


@pytest.mark.parametrize("way", [plain, streamed])
def test_a_tool_runs_once_and_the_run_ends(full_responses, agents, way):
    asked: list[str] = []

    @agents.function_tool
    def weather(city: Literal["Oslo"]) -> str:
        """The weather in a city."""
        asked.append(city)
        return SUN

    async def run():
        async with openai.AsyncOpenAI(
            api_key=full_responses.key,
            base_url=full_responses.sdk.base_url,
            max_retries=0,
            _strict_response_validation=True,
        ) as client:
            settings = agents.ModelSettings(tool_choice="required", temperature=0, max_tokens=24)
            agent = agents.Agent(
                name="helper",
                instructions="Answer in one sentence.",
                tools=[weather],
                model=agents.OpenAIResponsesModel(full_responses.model, client),
                model_settings=settings,
                reset_tool_choice=True,
            )
            return await way(agents, agent, agents.RunConfig(tracing_disabled=True))

    result, text = asyncio.run(run())
    assert asked == ["Oslo"]
    first, second = result.raw_responses
    (call,) = first.output
    assert (call.type, call.name) == ("function_call", "weather")
    assert json.loads(call.arguments) == {"city": "Oslo"}
    (answer,) = second.output
    assert answer.type == "message"
    assert text == result.final_output == answer.content[0].text != ""

    kept = full_responses.sdk.responses
    read = list(kept.input_items.list(second.response_id, order="asc"))
    assert [item.type for item in read] == ["message", "function_call", "function_call_output"]
    assert (read[1].call_id, read[2].output) == (call.call_id, SUN)
    choices = [kept.retrieve(each.response_id).tool_choice for each in (first, second)]
    assert choices == ["required", "auto"]
