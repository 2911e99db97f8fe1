"""The key is replaced in errors' texts alone: an answer's data is what the endpoint sent."""

import traceback

import httpx
import pytest
from fake_endpoint import CHUNK, completion, delta, event, fake, sse

from samplers.api import APIError, EndpointError, StreamBroken, accumulate
from samplers.api.results import ToolCall
from samplers.api.transport.auth import Key

# a global: when locals are printed, the tests' own frames must not hold it
KEY = "sk-proj-0123456789abcdef"
KEYS = ["test", "x", "a", "1", "null", "EMPTY", "ollama", "token", "data", "choices", KEY]
TEXT = f"a test of the EMPTY key x1: null, ollama, token, {KEY}."
CALL = {"index": 0, "id": "call_1", "function": {"name": "test_x", "arguments": '{"a": null}'}}


@pytest.mark.parametrize("key", KEYS)
def test_an_answer_is_what_the_endpoint_sent(key):
    assert fake(completion(TEXT), key=key).chat("x").text == TEXT
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    answer = fake(completion(message=message), key=key).chat("x")
    assert answer.tool_calls == (ToolCall("call_1", "test_x", '{"a": null}'),)


@pytest.mark.parametrize("key", KEYS)
def test_a_stream_is_what_the_endpoint_sent(key):
    events = [event(delta(TEXT)), event(delta("", delta={"tool_calls": [CALL]})), event("[DONE]")]
    answer = accumulate(fake(sse(*events), key=key).stream("x")).read()
    assert answer.text == TEXT
    assert answer.tool_calls == (ToolCall("call_1", "test_x", '{"a": null}'),)

    raw = b"".join(arrival.data for arrival in fake(sse(*events), key=key).stream_bytes("x"))
    assert raw == b"".join(events)


def error_of(answer, key, call=lambda client: client.chat("x")) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        call(fake(answer, key=key))
    return caught.value


@pytest.mark.parametrize("key", ["test", "x", "a", "1", "null", "EMPTY", "ollama", "token"])
def test_an_error_is_not_garbled_by_a_short_key(key):
    message = "This model's maximum context length is 4096 tokens; a test: null, x1 and EMPTY."
    body = {"error": {"message": message, "param": key, "code": key, "type": key}}

    error = error_of(httpx.Response(400, json=body), key)
    assert (error.message, error.param, error.code, error.type) == (message, key, key, key)

    broken = error_of(sse(event(body)), key, lambda client: list(client.stream("x")))
    assert broken.error == body["error"]
    assert message in str(broken)


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("the key abc-1234.", "the key [key]."),
        ("abc-1234", "[key]"),
        ("密钥abc-1234错误", "密钥[key]错误"),
        ("'abc-1234'/abc-1234=abc-1234&", "'[key]'/[key]=[key]&"),
        ("abc-12345, xabc-1234, abc-1234-5, abc-1234_, _abc-1234", None),
        ("first\\nabc-1234\\n", "first\\n[key]\\n"),  # as a repr writes a line's end
        ("\\x00abc-1234 \\u4f60abc-1234 q=%20abc-1234", "\\x00[key] \\u4f60[key] q=%20[key]"),
    ],
)
def test_a_key_is_replaced_where_it_stands_whole(text, scrubbed):
    assert Key("abc-1234").scrub(text) == (scrubbed or text)


def test_a_key_may_be_a_pattern():
    assert Key("a.c*(12[").scrub("a.c*(12[ abcc(12[") == "[key] abcc(12["


def test_a_page_is_not_cut_within_the_key():
    page = "x" * 490 + " " + KEY
    error = error_of(httpx.Response(500, text=page), KEY)
    assert KEY[:6] not in str(error)
    unread = error_of(httpx.Response(200, text="x" * 190 + " " + KEY), KEY)
    assert KEY[:6] not in str(unread)


# Tracebacks with the locals of every frame, where the endpoint itself sends the key.

TOLD = event(delta(f"your key is {KEY}"))


def all_locals(error: BaseException) -> str:
    """The tracebacks of an error and of all that it is chained to, with each frame's locals."""
    texts = []
    while error is not None:
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        texts += [repr(error), *report.format()]
        error = error.__cause__ or error.__context__
    return "".join(texts)


def stream(*parts):
    """A stream that is not read here: this frame holds its parts."""
    return fake(sse(*parts), key=KEY).stream("x")


@pytest.mark.parametrize(
    "failure",
    [
        lambda: list(stream(TOLD)),
        lambda: list(stream(TOLD, event(KEY))),
        lambda: list(stream(TOLD, event({"choices": [{"delta": {"content": [KEY]}}]}))),
        lambda: list(stream(TOLD, event({"error": {"message": KEY, KEY: [KEY]}}))),
        lambda: list(stream(TOLD, f"event: error\ndata: {KEY}\n\n".encode())),
        lambda: list(stream(TOLD, f"error: first\\n{KEY}\n\n".encode())),
        lambda: list(stream(TOLD, httpx.ReadError(f"gone with {KEY}"))),
        lambda: accumulate(stream(TOLD)).read(),
        lambda: list(fake(sse(TOLD, httpx.ReadError(KEY)), key=KEY).stream_bytes("x")),
        lambda: list(fake(httpx.Response(200, text=KEY), key=KEY).stream("x")),
        lambda: fake(httpx.Response(200, json={"error": KEY}), key=KEY).chat("x"),
        lambda: fake(httpx.Response(200, json={"choices": [KEY]}), key=KEY).chat("x"),
        lambda: fake(httpx.Response(200, text=f"a line\n{KEY}"), key=KEY).chat("x"),
        lambda: fake(httpx.Response(500, json=[f"a line\n{KEY}"]), key=KEY).chat("x"),
        lambda: fake(httpx.Response(200, json={"data": KEY}), key=KEY).models(),
        lambda: fake(completion(KEY), key=KEY).next_token("x"),
    ],
)
def test_no_frame_holds_what_the_endpoint_told(failure):
    with pytest.raises(EndpointError) as caught:
        failure()
    assert KEY not in all_locals(caught.value)
    assert KEY not in str(caught.value)


def test_what_had_come_is_kept_as_data():
    with pytest.raises(StreamBroken) as caught:
        list(stream(TOLD, event("nonsense")))
    assert caught.value.text == f"your key is {KEY}"
    assert caught.value.completion.text == f"your key is {KEY}"


def test_an_unsigned_client_shows_everything():
    body = {"error": {"message": f"{KEY} is unknown"}}
    with pytest.raises(APIError, match=KEY):
        fake(httpx.Response(400, json=body)).chat("x")


def test_chunks_by_hand_are_data_too():
    chunk = CHUNK | {"choices": [{"index": 0, "delta": {"content": KEY}}]}
    (got, *_) = fake(sse(event(chunk), event("[DONE]")), key=KEY).stream("x")
    assert got.raw == chunk
