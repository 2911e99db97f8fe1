"""A batch's input file, line by line: what is right, and which line is wrong with which code."""

import json

import pytest
from sdk_batches import jsonl, moderation

from samplers.local.request.batches import input_file
from samplers.local.request.batches.input_file import InputFile
from samplers.local.store.batch_lines import Line

CHAT = "/v1/chat/completions"
MODERATION = "/v1/moderations"
WORDS = "samplers-word-list"


def read(content: bytes, piece: int = 1 << 20, endpoint=MODERATION) -> tuple[list[Line], InputFile]:
    """The right lines of a file that is read in such pieces, and what was found."""
    models = ("small", "large") if endpoint == CHAT else (WORDS,)
    file = InputFile(endpoint, models, None if endpoint == CHAT else WORDS)
    lines = []
    for start in range(0, len(content), piece):
        lines += file.feed(content[start : start + piece])
    return lines + file.finish(), file


def errors(content: bytes, endpoint=MODERATION) -> list[tuple]:
    """The (code, line, param) of each error."""
    _, file = read(content, endpoint=endpoint)
    return [(error["code"], error["line"], error["param"]) for error in file.errors]


def line(**fields) -> bytes:
    """One line that is right but for these fields; a field of ... is left out."""
    request = moderation("a") | fields
    return jsonl({name: value for name, value in request.items() if value is not ...})


def chat(custom_id: str, **body) -> dict:
    return {"custom_id": custom_id, "method": "POST", "url": CHAT, "body": body}


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_lines_end_at_a_line_feed_alone(piece):
    """C25 of the collected cases: U+2028 and U+0085 can stand in a text as they are."""
    text = "a\u2028b\u0085c\x1c\u2029漢"
    content = "".join(
        json.dumps(moderation(name, text), ensure_ascii=False) + "\n" for name in ("1", "2")
    )
    lines, file = read(content.encode(), piece)
    assert not file.errors
    assert (file.total, file.model) == (2, WORDS)
    assert [(line.number, line.custom_id) for line in lines] == [(1, "1"), (2, "2")]
    assert [json.loads(line.request)["body"]["input"] for line in lines] == [text, text]


@pytest.mark.parametrize(
    "content",
    [
        jsonl(moderation("1"), moderation("2")).replace(b"\n", b"\r\n"),
        jsonl(moderation("1"), moderation("2")) + b"\n  \n\t\r\n",
        b"\xef\xbb\xbf" + jsonl(moderation("1"), moderation("2")).rstrip(),
        b"\n\n" + jsonl(moderation("1")) + b" \n" + jsonl(moderation("2")).rstrip() + b"  ",
    ],
    ids=["CRLF", "blank ends", "byte order mark", "blank lines"],
)
def test_white_space_around_lines(content):
    """C27 of the collected cases."""
    lines, file = read(content, 5)
    assert [line.custom_id for line in lines] == ["1", "2"]
    assert not file.errors


def test_an_error_names_the_physical_line():
    """C27: a bad line 3 after a blank line 2."""
    content = jsonl(moderation("1")) + b"\r\n" + b"{bad}\r\n" + jsonl(moderation("4")) + b"[]"
    assert errors(content) == [("invalid_json_line", 3, None), ("invalid_type", 5, "line")]


def test_a_custom_id_twice():
    """C28."""
    content = jsonl(moderation("a"), moderation("b"), moderation("a"))
    assert errors(content) == [("duplicate_custom_id", 3, "custom_id")]


@pytest.mark.parametrize(
    ("content", "code", "param"),
    [
        (b"[1,2,3]", "invalid_type", "line"),  # C29 and its neighbours
        (b'"x"', "invalid_type", "line"),
        (b"null", "invalid_type", "line"),
        (b"17", "invalid_type", "line"),
        (line(body="text"), "invalid_type", "body"),
        (line(body=[]), "invalid_type", "body"),
        (line(body=...), "missing_required_parameter", "body"),
        (line(body=None), "missing_required_parameter", "body"),
        (b"{}", "missing_required_parameter", "custom_id"),
        (line(method=...), "missing_required_parameter", "method"),
        (line(url=...), "missing_required_parameter", "url"),
        (line(params={}), "unknown_parameter", "params"),
        (line(custom_id=7), "invalid_type", "custom_id"),
        (line(custom_id=""), "empty_string", "custom_id"),
        (line(custom_id="x" * 513), "string_above_max_length", "custom_id"),
        (line(custom_id="\ud800"), "invalid_value", "custom_id"),
        (line(method="GET"), "invalid_method", "method"),
        (line(method="post"), "invalid_method", "method"),
        (line(url="/v1/responses"), "url_mismatch", "url"),  # C31
        (line(url="v1/moderations"), "url_mismatch", "url"),
        (line(url="https://api.openai.com/v1/moderations"), "url_mismatch", "url"),
        (line(url=CHAT), "url_mismatch", "url"),
        (line(url="\ud800"), "url_mismatch", "url"),
        (line(body={"input": "a", "model": "omni"}), "model_not_found", "body.model"),
        (b'{"custom_id": "a"', "invalid_json_line", None),
        (b'{"custom_id": NaN}', "invalid_json_line", None),
        (b"\x00", "invalid_json_line", None),
        (b"\xff\xfe{\x00}\x00", "invalid_json_line", None),
        (b"[" * 100_000, "invalid_json_line", None),
        (b'{"a": ' * 100_000, "invalid_json_line", None),
        (b"9" * 5000, "invalid_json_line", None),
    ],
)
def test_a_wrong_line(content, code, param):
    found, file = read(content)
    assert found == []
    assert errors(content) == [(code, 1, param)]
    for error in file.errors:
        error["message"].encode()


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_request(content):
    assert errors(content) == [("empty_file", None, None)]


def test_every_chat_of_a_batch_is_for_one_model():
    one, other = chat("1", model="small"), chat("2", model="large")
    assert errors(jsonl(one, one | {"custom_id": "3"}), CHAT) == []
    mismatch = ("model_mismatch", 2, "body.model")
    assert errors(jsonl(one, other), CHAT) == [mismatch]
    assert errors(jsonl(one, chat("2", model="gpt-4o")), CHAT) == [mismatch]
    missing = ("missing_required_parameter", 1, "body.model")
    assert errors(jsonl(chat("1", messages=[])), CHAT) == [missing]
    assert errors(jsonl(chat("1", model=5)), CHAT) == [("invalid_type", 1, "body.model")]
    unknown = chat("1", model="\ud800")
    assert errors(jsonl(unknown), CHAT) == [("model_not_found", 1, "body.model")]


def test_a_body_is_not_looked_into():
    """What is wrong there is that request's error alone."""
    body = {"input": "\ud800", "inputs": 1}
    lines, file = read(line(body=body) + jsonl(moderation("b")))
    assert [line.custom_id for line in lines] == ["a", "b"]
    assert not file.errors


def test_the_longest_line(monkeypatch):
    monkeypatch.setattr(input_file, "LONGEST_LINE", 200)
    content = jsonl(moderation("1"), moderation("2", "x" * 200), moderation("3"))
    assert errors(content) == [("line_too_long", 2, None)]
    for piece in (10, 250):
        lines, file = read(content, piece)
        assert [line.custom_id for line in lines] == ["1", "3"]
        assert len(file.errors) == 1


def test_too_many_requests(monkeypatch):
    monkeypatch.setattr(input_file, "MOST_REQUESTS", 3)
    six = [moderation(str(i)) for i in range(6)]
    assert errors(jsonl(*six[:3])) == []
    assert errors(jsonl(*six)) == [("too_many_tasks", 4, None)]


def test_so_many_errors_are_reported():
    found = errors(b"x\n" * 1000)
    assert found == [("invalid_json_line", i, None) for i in range(1, 101)]
