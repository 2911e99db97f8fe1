"""The body of a request: half a surrogate pair is refused wherever it stands."""

import asyncio
import json

import pytest
from starlette.requests import Request

from samplers.local.request.body import LONG_BODY, MOST_LONG_BODIES, MOST_PARSED, Bodies, read_json
from samplers.local.request.errors import ApiError

HALF = "a\ud83d"


def read(body):
    """What `read_json` makes of a body that a client wrote with escapes."""

    async def receive():
        return {"type": "http.request", "body": json.dumps(body).encode()}

    return asyncio.run(read_json(Request({"type": "http", "headers": []}, receive)))


def refusal(body) -> dict:
    with pytest.raises(ApiError) as caught:
        read(body)
    assert caught.value.status == 400
    error = caught.value.body["error"]
    json.dumps(error, ensure_ascii=False).encode()
    return error


def function(**fields) -> dict:
    return {"tools": [{"type": "function", "function": {"name": "f"} | fields}]}


def message(**fields) -> dict:
    return {"messages": [{"role": "user", "content": "Hi"} | fields]}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": HALF}, "model"),
        ({HALF: 1}, "a?"),
        ({"stop": ["x", HALF]}, "stop[1]"),
        ({"logit_bias": {HALF: 1}}, "logit_bias.a?"),
        ({"metadata": {"k": HALF}}, "metadata.k"),
        ({"metadata": {HALF: "v"}}, "metadata.a?"),
        ({"service_tier": HALF}, "service_tier"),
        ({"tool_choice": HALF}, "tool_choice"),
        ({"tool_choice": {"type": HALF}}, "tool_choice.type"),
        ({"response_format": {"type": HALF}}, "response_format.type"),
        ({"stream_options": {HALF: True}}, "stream_options.a?"),
        (message(role=HALF), "messages[0].role"),
        (message(content=HALF), "messages[0].content"),
        (message(name=HALF), "messages[0].name"),
        (message(**{HALF: 1}), "messages[0].a?"),
        (message(content=[{"type": HALF}]), "messages[0].content[0].type"),
        (message(content=[{"type": "text", "text": HALF}]), "messages[0].content[0].text"),
        (message(tool_calls=[{"id": HALF}]), "messages[0].tool_calls[0].id"),
        (function(name=HALF), "tools[0].function.name"),
        (function(description=HALF), "tools[0].function.description"),
        (function(parameters={"enum": [1, HALF]}), "tools[0].function.parameters.enum[1]"),
        (function(parameters={"properties": {HALF: {}}}), "tools[0].function.parameters.pro"),
        ({"n": 1, "stop": HALF, "user": HALF}, "stop"),
        ([0, HALF], "[1]"),
        (HALF, None),
    ],
)
def test_half_a_pair(body, param):
    error = refusal(body)
    assert error["code"] == "invalid_value"
    assert "not valid Unicode" in error["message"]
    assert error["param"] == param or error["param"].startswith(param)


@pytest.mark.parametrize("text", ["\U0001f60a", "\\ud83d", "\ufffd", "\x00"])
def test_whole_texts_are_read(text):
    assert read({text: [text]}) == {text: [text]}


def test_a_pair_in_two_halves_is_not_joined():
    assert refusal({"stop": ["\ud83d", "\ude0a"]})["param"] == "stop[0]"


def test_a_place_with_a_long_name_is_cut():
    assert len(refusal({"x" * 1_000_000: HALF})["param"]) == 200


def arriving(body: bytes, whole: asyncio.Event | None = None) -> Request:
    """A request with this body, whose last part comes when `whole` is set."""
    parts = [{"type": "http.request", "body": body, "more_body": True}, {"type": "http.request"}]

    async def receive():
        if whole is not None and len(parts) == 1:
            await whole.wait()
        return parts.pop(0)

    return Request({"type": "http", "headers": [(b"content-length", b"%d" % len(body))]}, receive)


def long_body() -> bytes:
    return json.dumps("x" * LONG_BODY).encode()


def test_few_long_bodies_are_in_memory():
    async def run():
        bodies = Bodies()
        whole = asyncio.Event()
        done = asyncio.Event()
        parsed = []

        async def use(request):
            async with bodies.json(request) as body:
                parsed.append(body)
                await done.wait()

        jobs = [
            asyncio.create_task(use(arriving(long_body(), whole))) for _ in range(MOST_LONG_BODIES)
        ]
        await asyncio.sleep(0)
        with pytest.raises(ApiError) as caught:
            async with bodies.json(arriving(long_body())):
                pass
        assert caught.value.status == 503
        async with bodies.json(arriving(b"1")) as short:
            assert short == 1

        whole.set()
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(parsed) == MOST_PARSED

        done.set()
        await asyncio.gather(*jobs)
        assert len(parsed) == MOST_LONG_BODIES
        async with bodies.json(arriving(long_body())) as body:
            assert len(body) == LONG_BODY

    asyncio.run(run())
