"""What one client's events do to one another."""

import asyncio
import json

from samplers.local.audio.recogniser import Recogniser
from samplers.local.engine.model import ServedModel, Settings
from samplers.local.realtime import client_session as module
from samplers.local.realtime.client_session import ClientSession
from samplers.local.realtime.response import Ending, Response


def test_a_response_that_is_ending_is_not_cancelled(monkeypatch):
    """The client reads slowly, so the last events wait; a client waits for response.done."""

    async def no_job(*arguments) -> None:
        return None

    async def generated(self, job) -> Ending:
        return Ending()

    monkeypatch.setattr(module, "job_of", no_job)
    monkeypatch.setattr(Response, "generate", generated)

    async def run() -> list[dict]:
        sent = []
        is_ending = asyncio.Event()
        client_reads = asyncio.Event()

        async def send(event: dict) -> None:
            if event["type"] == "response.done":
                is_ending.set()
                await client_reads.wait()
            sent.append(event)

        model = ServedModel(None, None, Settings(), "m", "fp", 0)
        session = ClientSession(model, Recogniser(), send)
        await session.handle(json.dumps({"type": "response.create"}))
        await is_ending.wait()
        await session.handle(json.dumps({"type": "response.cancel"}))
        client_reads.set()
        while sent[-1]["type"] == "error":
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        await session.end()
        return sent

    sent = asyncio.run(asyncio.wait_for(run(), 30))
    kinds = [event["type"] for event in sent]
    assert kinds == ["response.created", "error", "response.done", "rate_limits.updated"]
    assert sent[1]["error"]["code"] == "response_cancel_not_active"
