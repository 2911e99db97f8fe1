"""Drafts of responses whose model draws what it is told to.

Everything else is the endpoint's own.
"""

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace

from openai.types.responses import Response
from responses_door import EVENT, no_others, strict

from samplers.local.answer.json_text import dumps
from samplers.local.dialects.responses.answer.draft import Draft
from samplers.local.dialects.responses.answer.events import events, whole
from samplers.local.dialects.responses.request.asked import ResponseRequest
from samplers.local.dialects.responses.request.echo import echo
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.engine.slots import Slots
from samplers.local.engine.vocabulary import Vocabulary
from samplers.local.request.chat import parse
from samplers.local.request.job import Job
from samplers.local.request.scratchpad import Scratchpad
from samplers.local.request.tools import Tools

# 好 is three bytes, here in two tokens; the calls are what their grammar allows.
PIECES = {
    "END": b"",
    "nothing": b"",
    "a": b"a",
    "b": b" b",
    "ha": b"\xe5\xa5",
    "o": b"\xbd",
    "open": b'[{"name":"f',
    "args": b'","arguments":',
    "n": b'{"n":',
    "1": b"1",
    "}": b"}",
    "}}": b"}}",
    "next": b',{"name":"g',
    "]": b"]",
    "[": b"[",  # with which the engine says that a call is likely
}
NAMES = list(PIECES)
VOCABULARY = Vocabulary("", tuple(PIECES.values()), {0: "<end>"})
CHAT = {"model": "m", "messages": [{"role": "user", "content": "x"}]}


class Engine:
    """Draws each of `turns` in turn, by the names of PIECES. An exception among them is raised."""

    vocabulary = VOCABULARY
    stop_ids = frozenset([0])
    begin = ()
    context = 4096

    def __init__(self, turns: tuple[list, ...], calls: bool):
        self.slots = Slots()
        self.asked = []
        self._turns = list(turns)
        self._calls = calls

    async def render(self, messages):
        return json.dumps(messages)

    async def tokenize(self, text, *, control):
        return [1] * 5

    async def read(self, slot, prompt):
        return 0

    async def complete(self, body):
        if body.get("n_probs"):  # whether it calls
            entry = {"id": NAMES.index("["), "logprob": -0.1 if self._calls else -99}
            return {"completion_probabilities": [{"top_logprobs": [entry]}]}
        self.asked.append("complete")
        drawn = self._turns.pop(0)[: body["n_predict"]]
        _raise(drawn)
        return {"tokens": [NAMES.index(name) for name in drawn]}

    async def stream(self, body):
        self.asked.append("stream")
        for count, name in enumerate(self._turns.pop(0)[: body["n_predict"]], 1):
            _raise([name])
            tokens = [NAMES.index(name)]
            text = PIECES[name].decode(errors="replace")
            timings = {"cache_n": 0}
            yield {"content": text, "tokens": tokens, "tokens_predicted": count, "timings": timings}


def _raise(drawn: list) -> None:
    for each in drawn:
        if isinstance(each, Exception):
            raise each


def draft_of(
    *turns: list,
    limit: int = 30,
    calls: bool | None = False,
    thinks: int = 0,
    filtered: bool = False,
    chat: dict | None = None,
    **asked,
) -> Draft:
    """A draft whose model draws these turns: its thoughts if it `thinks`, then its answer.

    `calls`: the answer is calls; None: the model decides, for calls. `thinks`: the most tokens of
    the thoughts. `chat` and `asked`: fields of the two requests.
    """
    engine = Engine(turns, calls is None)
    model = ServedModel(engine, None, Settings(), "m", "fp", 0, reasoning=bool(thinks))
    tools = {True: Tools((), True, 4), None: Tools((), False, 4), False: None}[calls]
    request = replace(parse(CHAT, {}, len(PIECES)), shows_thoughts=True, tools=tools, **chat or {})
    pad = Scratchpad([1], thinks) if thinks else None
    job = Job(model, request, [1] * 7, limit, 1, None, None, pad, filtered=filtered)
    fields = {
        "model": model,
        "items": (),
        "instructions": None,
        "previous": None,
        "temperature": 1.0,
        "top_p": 1.0,
        "limit": limit,
        "top_logprobs": None,
        "include": frozenset(),
        "tools": None,
        "format": None,
        "effort": "low" if thinks else "none",
        "summary": None,
        "truncates": False,
        "store": True,
        "background": False,
        "stream": request.stream,
        "echo": echo({}, None),
    }
    everything = dict.fromkeys(ResponseRequest.__annotations__) | fields | asked
    return Draft("resp_1", 1_800_000_000, ResponseRequest(**everything), job)


def streamed(draft: Draft, usages: list | None = None) -> list[dict]:
    """The events of a draft, each of which fits the SDK's type. `usages` gets what is settled."""
    usages = [] if usages is None else usages

    async def run() -> list[dict]:
        async with aclosing(events(draft, usages.append)) as stream:
            made = [json.loads(dumps(event)) async for event in stream]
        assert len(usages) == (made[-1]["type"] != "response.failed")
        return made

    made = asyncio.run(run())
    for number, event in enumerate(made):
        assert event["sequence_number"] == number
        no_others(EVENT.validate_json(json.dumps(event), strict=True))
    return made


def answered(draft: Draft) -> dict:
    """The whole response to a draft, which fits the SDK's type."""
    made = dumps(asyncio.run(whole(draft, lambda usage: None)))
    strict(Response, made)
    return json.loads(made)


def kinds(made: list[dict]) -> list[str]:
    """What the events are, without "response." and with one delta for several in a row."""
    names = [event["type"].removeprefix("response.") for event in made]
    return [
        name
        for before, name in zip([None, *names], names, strict=False)
        if not (name == before and name.endswith(".delta"))
    ]
