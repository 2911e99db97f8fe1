"""/v1/files as OpenAI's SDK and other clients use it."""

import os
import re
import socket
import tempfile
import time

import httpx
import openai
import pytest

from samplers.local.request.files import form as forms
from samplers.local.request.files import upload
from samplers.local.store import database, files

LINES = b'{"custom_id": "a"}\n'
JSONL = ("requests.jsonl", LINES)
EXPIRY = {"anchor": "created_at", "seconds": 3600}
MONTH = 30 * 24 * 3600


def form(content: str, kind="multipart/form-data; boundary=x") -> dict:
    """What a client sends that writes its form itself; `content` stands between the boundaries."""
    body = f"--x\r\n{content}\r\n--x--\r\n".replace("\n", "\r\n").replace("\r\r", "\r")
    return {"content": body.encode(), "headers": {"content-type": kind}}


def begin_upload(served) -> socket.socket:
    """A connection on which an upload has begun, and goes no further."""
    address = httpx.URL(served.base_url)
    connection = socket.create_connection((address.host, address.port), timeout=10)
    head = f"""POST /v1/files HTTP/1.1
Host: 127.0.0.1
Authorization: Bearer {served.key}
Content-Type: multipart/form-data; boundary=x
Content-Length: 1000
Expect: 100-continue

"""
    connection.sendall(head.replace("\n", "\r\n").encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    return connection


def error(answer, status: int) -> tuple:
    """The message, param and code of an error's body."""
    assert answer.status_code == status, answer.text
    body = answer.json()["error"]
    assert body["type"] == "invalid_request_error"
    return body["message"], body["param"], body["code"]


def test_a_file_from_its_upload_to_its_end(sdk):
    before = int(time.time())
    file = sdk.files.create(file=JSONL, purpose="batch")
    assert file.object == "file"
    assert (file.filename, file.purpose, file.bytes) == ("requests.jsonl", "batch", len(LINES))
    assert before <= file.created_at <= time.time()
    assert file.expires_at == file.created_at + MONTH
    assert file.status == "processed"

    assert sdk.files.retrieve(file.id) == file
    assert list(sdk.files.list()) == [file]
    content = sdk.files.content(file.id)
    assert content.read() == LINES
    assert content.response.headers["content-length"] == str(len(LINES))

    gone = sdk.files.delete(file.id)
    assert (gone.id, gone.deleted) == (file.id, True)
    for call in (sdk.files.retrieve, sdk.files.content, sdk.files.delete):
        with pytest.raises(openai.NotFoundError, match=f"No such File object: {file.id}") as caught:
            call(file.id)
        assert caught.value.param == "id"
    assert list(sdk.files.list()) == []


def test_a_long_file(sdk):
    data = os.urandom(3_500_000)
    file = sdk.files.create(file=("long.bin", data), purpose="fine-tune", expires_after=EXPIRY)
    assert file.expires_at == file.created_at + 3600
    assert sdk.files.content(file.id).read() == data


@pytest.mark.parametrize(
    "name", ['Übung 漢字 "x".jsonl', "a\\b.jsonl", "two\r\nlines.jsonl", "x; filename=y.JSONL"]
)
def test_any_name(sdk, name):
    """C41 of the collected cases, and its neighbours."""
    file = sdk.files.create(file=(name, LINES), purpose="batch")
    assert file.filename == name
    disposition = sdk.files.content(file.id).response.headers["content-disposition"]
    assert disposition.isascii()


def test_an_empty_file(sdk):
    """OpenAI takes it; a batch that is made of it fails."""
    file = sdk.files.create(file=("empty.jsonl", b""), purpose="batch")
    assert file.bytes == 0
    assert sdk.files.content(file.id).read() == b""


def test_pages(sdk):
    kept = [sdk.files.create(file=JSONL, purpose="batch").id for _ in range(5)]
    kept += [sdk.files.create(file=JSONL, purpose="fine-tune").id]
    assert [file.id for file in sdk.files.list(limit=2)] == kept[::-1]
    assert [file.id for file in sdk.files.list(order="asc", purpose="batch")] == kept[:5]
    assert list(sdk.files.list(purpose="of none")) == []

    page = sdk.files.list(limit=5, order="asc")
    assert page.has_more
    assert not page.get_next_page().has_more

    for file in sdk.files.list(limit=2):  # the next page begins after a file that is gone
        sdk.files.delete(file.id)
    assert list(sdk.files.list()) == []


@pytest.mark.parametrize("purpose", ["assistants", "user_data", "vision"])
def test_what_openai_does_not_send_back(sdk, purpose):
    file = sdk.files.create(file=("picture.png", b"..."), purpose=purpose)
    message = f"Not allowed to download files of purpose: {purpose}"
    with pytest.raises(openai.BadRequestError, match=message):
        sdk.files.content(file.id)


def test_another_learner_sees_nothing(serve, two_learners, tmp_path):
    keys, *of_each = two_learners
    mine, yours = (serve(tmp_path, key, keys) for key in of_each)
    with mine.sdk() as me, yours.sdk() as you:
        file = me.files.create(file=JSONL, purpose="batch")
        assert list(you.files.list()) == []
        with pytest.raises(openai.NotFoundError):
            you.files.delete(file.id)
        assert list(me.files.list()) == [file]
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert file.id.encode() in written
    assert mine.key.encode() not in written


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ("Missing required parameter: 'purpose'.", "purpose", "missing_required_parameter")),
        (
            {"purpose": "answers"},
            (
                "Invalid value: 'answers'. Supported values are: 'assistants', 'batch', "
                "'fine-tune', 'vision', and 'user_data'.",
                "purpose",
                "invalid_value",
            ),
        ),
        ({"purpose": "batch"}, ("Invalid file format for Batch API. Must be .jsonl", None, None)),
        (
            {"purpose": "vision", "expires_after[seconds]": "3600"},
            (
                "Missing required parameter: 'expires_after[anchor]'.",
                "expires_after[anchor]",
                "missing_required_parameter",
            ),
        ),
        (
            {
                "purpose": "vision",
                "expires_after[anchor]": "created_at",
                "expires_after[seconds]": "2592001",
            },
            (
                "Invalid 'expires_after[seconds]': integer above maximum value. "
                "Expected a value <= 2592000, but got 2592001 instead.",
                "expires_after[seconds]",
                "integer_above_max_value",
            ),
        ),
        (
            {"purpose": "vision", "purpoes": "batch"},
            (
                "Unknown parameter: 'purpoes'. Did you mean 'purpose'?",
                "purpoes",
                "unknown_parameter",
            ),
        ),
    ],
)
def test_a_wrong_field(http, fields, wrong):
    answer = http.post("/files", data=fields, files={"file": ("picture.png", b"...")})
    assert error(answer, 400) == wrong


PURPOSE = 'Content-Disposition: form-data; name="purpose"\n\nbatch'
FILE = 'Content-Disposition: form-data; name="file"; filename="a.jsonl"\n\n{}'


@pytest.mark.parametrize(
    ("sent", "message", "param"),
    [
        ({"json": {}}, r"\(application/json\), expected multipart/form-data", None),
        ({}, r"\(none\), expected multipart/form-data", None),
        (form(PURPOSE), "Missing required parameter: 'file'", "file"),
        (form('Content-Disposition: form-data; name="file"\n\nx'), "expected a file", "file"),
        (form(FILE.replace("a.jsonl", "")), "Missing required parameter: 'file'", "file"),
        (form(f"{FILE}\n--x\n{FILE}"), "Too many files", None),
        (form(f"{FILE}\n--x\n{PURPOSE}\n--x\n{PURPOSE}"), "Duplicate", "purpose"),
        (form(f"{PURPOSE}{'x' * 2000}"), "Part exceeded", None),
        (form("no header at all"), "Could not parse multipart form", None),
        (form(FILE, "multipart/form-data"), "Missing boundary", None),
        (form(FILE, "multipart/form-data; charset=utf-7; boundary=x"), "charset utf-8", None),
    ],
)
def test_a_wrong_form(http, sent, message, param):
    answer = http.post("/files", **sent)
    found, wrong_param, _ = error(answer, 400)
    assert re.search(message, found)
    assert wrong_param == param


@pytest.mark.parametrize(
    ("query", "param"),
    [("limit=0", "limit"), ("limit=1e3", "limit"), ("order=up", "order"), ("after=x", "after")],
)
def test_a_wrong_query(http, query, param):
    assert error(http.get(f"/files?{query}"), 400)[1] == param


@pytest.mark.parametrize(
    ("module", "bound", "value", "purpose"),
    [
        (upload, "BIGGEST_FILE", 10, "vision"),
        (upload, "BIGGEST_BATCH", 10, "batch"),
        (forms, "OTHER_FIELDS", 10 - upload.BIGGEST_FILE, "batch"),
    ],
)
def test_a_file_that_is_too_big(http, monkeypatch, module, bound, value, purpose):
    """A form that is too big is not read to its end."""
    monkeypatch.setattr(module, bound, value)
    most = upload.BIGGEST_BATCH if bound == "BIGGEST_BATCH" else upload.BIGGEST_FILE
    sent = {"data": {"purpose": purpose}, "files": {"file": ("a.jsonl", b"x" * 11)}}
    wrong = (f"The file is larger than {most} bytes.", "file", "request_too_large")
    assert error(http.post("/files", **sent), 413) == wrong


def test_a_store_that_is_full(http, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    answer = http.post("/files", data={"purpose": "batch"}, files={"file": JSONL})
    assert error(answer, 400)[2] == "storage_limit_exceeded"


def test_a_store_that_fails(serve, tmp_path):
    (tmp_path / database.FILE).write_bytes(b"not a database, " * 100)
    with serve(tmp_path).sdk() as sdk, pytest.raises(openai.InternalServerError) as caught:
        sdk.with_options(max_retries=5).files.list()
    assert caught.value.body == {
        "message": "This endpoint's store failed: file is not a database.",
        "type": "server_error",
        "param": None,
        "code": "store_failed",
    }
    assert caught.value.response.headers["x-should-retry"] == "false"


def test_an_upload_without_room_on_the_disk(http, monkeypatch, tmp_path):
    """What is long waits in a temporary file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    sent = {"data": {"purpose": "batch"}, "files": {"file": ("a.jsonl", b"x" * 2_000_000)}}
    with pytest.raises(AssertionError, match="store_failed"):  # the client takes no 500
        http.post("/files", **sent)


def test_a_compressed_form(http):
    headers = {"content-encoding": "gzip", "content-type": "multipart/form-data; boundary=x"}
    error(http.post("/files", content=b"x", headers=headers), 415)


def test_uploads_at_the_same_time(served, sdk):
    """A client that waits for 100 Continue gets it when its upload has begun."""
    begun = [begin_upload(served) for _ in range(upload.MOST_UPLOADS)]
    with pytest.raises(openai.InternalServerError, match="4 files are arriving") as caught:
        sdk.files.create(file=JSONL, purpose="batch")
    assert caught.value.status_code == 503
    assert caught.value.response.headers["retry-after"] == "1"

    for connection in begun:
        connection.close()
    with_retries = sdk.with_options(max_retries=5)
    assert with_retries.files.create(file=JSONL, purpose="batch").bytes == len(LINES)
