"""Thoughts that an answer shows: those of the reasoning profile, whole characters, all counted."""

import asyncio
import json
from dataclasses import replace

import httpx
import pytest

from samplers.local.answer.generate.choice import Delta, End
from samplers.local.answer.generate.choices import generate_all
from samplers.local.answer.generate.thinking import Thought
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.engine.seed import engine_seed
from samplers.local.engine.slots import Slots
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.chat import parse
from samplers.local.request.job import Job
from samplers.local.request.scratchpad import MOST, NOTES, OPENING, TEMPERATURE, Scratchpad

FRANCE = [{"role": "user", "content": "What is the capital of France?"}]
SEED = 5
GLM = "/api/paas/v4/chat/completions"
TOOL = {"type": "function", "function": {"name": "weather"}}


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


def shown(endpoint, **fields) -> dict:
    """The answer of a door that shows thoughts and has a seed."""
    root = endpoint.base_url.removesuffix("/v1")
    headers = {"Authorization": f"Bearer {endpoint.key}"}
    body = {"model": endpoint.model, "messages": FRANCE, "reasoning_effort": "low", **fields}
    response = httpx.post(root + GLM, json=body, headers=headers, timeout=120)
    assert response.status_code == 200, response.text
    return response.json()


def test_they_are_the_reasoning_profiles(endpoint, reasoning):
    """The plain model draws them, too, where it continues the same tokens with the same seed."""
    limit = MOST["low"]
    answer = shown(endpoint, seed=SEED, max_tokens=limit + 8)
    hidden = reasoning.chat(seed=SEED, reasoning_effort="low", max_completion_tokens=limit + 8)

    begun = {"x-samplers-continue": json.dumps(endpoint.tokenize(OPENING))}
    fields = {"seed": engine_seed(SEED, -2), "temperature": TEMPERATURE, "max_tokens": limit}
    drawn = endpoint.choice(headers=begun, logprobs=True, **fields)
    thoughts = answer["choices"][0]["message"]["reasoning_content"]
    assert thoughts == drawn["message"]["content"] != ""
    assert not thoughts.startswith(OPENING)

    counts = [each["usage"]["completion_tokens_details"] for each in (answer, hidden)]
    tokens = drawn["logprobs"]["content"]
    ended = drawn["finish_reason"] == "stop"  # by a token without text
    assert [count["reasoning_tokens"] for count in counts] == [len(tokens) + ended] * 2

    notes = {"role": "system", "content": NOTES + thoughts}
    left = answer["usage"]["completion_tokens"] - counts[0]["reasoning_tokens"]
    expected = endpoint.text([notes, *FRANCE], seed=SEED, max_tokens=left, top_p=0.95)
    assert answer["choices"][0]["message"]["content"] == expected != ""


@pytest.mark.parametrize("fields", [{"temperature": 0.1}, {"do_sample": False}, {"top_p": 0.2}])
def test_the_sampling_of_the_answer_does_not_change_them(endpoint, fields):
    own = {"seed": SEED, "max_tokens": 12}
    first, second = [shown(endpoint, **own, **each) for each in ({}, fields)]
    thoughts = [each["choices"][0]["message"]["reasoning_content"] for each in (first, second)]
    assert thoughts[0] == thoughts[1] != ""


def test_openais_own_path_hides_them(reasoning):
    fields = {"reasoning_effort": "low", "max_completion_tokens": 34, "seed": SEED}
    message = reasoning.choice(**fields)["message"]
    assert set(message) == {"role", "content", "refusal", "annotations"}
    deltas = [choice["delta"] for choice in reasoning.streamed_choices(**fields)]
    assert set().union(*deltas) == {"role", "content", "refusal"}


# One token each; 好 is three bytes, here in two tokens.
VOCABULARY = Vocabulary("", (b"1", b"\xe5\xa5", b"\xbd", b"[", b"", b"\n", b"a"), {4: "<end>"})
THOUGHTS = [0, 1, 2, 0, 4]
TURN = [0, 4]


class Engine:
    """Draws THOUGHTS, then TURN. It notes what it is asked for, in order."""

    vocabulary = VOCABULARY
    stop_ids = frozenset([4])
    begin = ()
    context = 4096

    def __init__(self, calls: float):
        self.slots = Slots()
        self.asked = []
        self._calls = calls  # the probability that the answer begins a call

    async def render(self, messages):
        return json.dumps(messages)

    async def tokenize(self, text, *, control):
        self.asked.append(text)
        return [0] * 5

    async def read(self, slot, prompt):
        return 0

    async def complete(self, body):
        if body["n_predict"] == 1:  # whether it calls
            self.asked.append(f"decide after {len(body['prompt'])}")
            entries = [{"id": 3, "logprob": self._calls}]
            return {"completion_probabilities": [{"top_logprobs": entries}]}
        self.asked.append("draw")
        return {"tokens": TURN if "draw" in self.asked[:-1] else THOUGHTS}

    async def stream(self, body):
        self.asked.append("stream")
        for count, token in enumerate(TURN, 1):
            text = VOCABULARY.token_bytes[token].decode()
            yield {
                "content": text,
                "tokens": [token],
                "tokens_predicted": count,
                "timings": {"cache_n": 0},
            }


def events_of(engine: Engine, shows: bool, **fields) -> list:
    """The events of a job that thinks first, each with its choice."""
    model = ServedModel(engine, None, Settings(), "m", "fp", 0)
    body = {"model": "m", "messages": FRANCE, "temperature": 0, **fields}
    request = replace(parse(body, {}, len(VOCABULARY)), shows_thoughts=shows)
    job = Job(model, request, [0], 40, 1, None, "g", Scratchpad([0], 32))

    async def events():
        undecided = [job.choice(0, calls=None)]
        return [event async for event in generate_all(job, undecided)]

    return asyncio.run(events())


def test_a_character_comes_whole_and_every_token_is_counted():
    events = [event for _, event in events_of(Engine(-9.0), True)]
    thoughts = [event for event in events if isinstance(event, Thought)]
    assert [thought.text for thought in thoughts] == ["1", "", "好", "1", ""]
    assert [thought.token for thought in thoughts] == THOUGHTS
    assert events[-1].reasoning_tokens == len(THOUGHTS)
    assert [type(event) for event in events[len(THOUGHTS) :]] == [Delta, End]


def test_hidden_thoughts_are_no_events():
    events = [event for _, event in events_of(Engine(-9.0), False)]
    assert [type(event) for event in events] == [Delta, End]
    assert events[-1].reasoning_tokens == len(THOUGHTS)


@pytest.mark.parametrize(("shows", "way"), [(True, "stream"), (False, "draw")])
def test_they_are_streamed_only_where_they_are_shown(shows, way):
    engine = Engine(-9.0)
    events_of(engine, shows, stream=True)
    thoughts, _, _, answer = engine.asked
    assert (thoughts, answer) == (way, "stream")


@pytest.mark.parametrize(("logprob", "calls"), [(-0.1, True), (-9.0, False)])
def test_with_tools_a_choice_is_decided_after_its_thoughts(logprob, calls):
    engine = Engine(logprob)
    events = events_of(engine, True, tools=[TOOL])
    assert [choice.calls for choice, _ in events[: len(THOUGHTS)]] == [None] * len(THOUGHTS)
    assert {choice.calls for choice, _ in events[len(THOUGHTS) :]} == {calls}

    drawn, prompt, decided, answer = engine.asked
    # after the prompt that has the thoughts
    assert [drawn, decided, answer] == ["draw", "decide after 5", "draw"]
    messages = json.loads(prompt)
    assert messages[-2:] == [{"role": "system", "content": f"{NOTES}1好1"}, FRANCE[0]]
    assert '{"name":"weather"' in messages[-3]["content"]  # the functions are still there
