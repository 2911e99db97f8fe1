"""Uploads and questions of any form: never a 500, never a body outside OpenAI's API file.

`http` checks that of each answer.
"""

from urllib.parse import quote

import pytest
from fuzzing import SOME
from hypothesis import given
from hypothesis import strategies as st

PATHS = st.sampled_from(["/files/{}", "/files/{}/content"])
TEXTS = st.text(max_size=20) | st.sampled_from(["batch", "1", "asc", "created_at", "-0", "1e400"])
IDS = st.text(min_size=1, max_size=30) | st.from_regex("file-[0-9a-f]{22}", fullmatch=True)
NAMES = st.sampled_from(
    ["file", "purpose", "expires_after[anchor]", "expires_after[seconds]", "expires_after", ""]
)
HEADS = st.sampled_from(
    [
        'Content-Disposition: form-data; name="{}"',
        'Content-Disposition: form-data; name="{}"; filename="a.jsonl"',
        "content-disposition: form-data; name={}; filename*=UTF-8''a%FF.jsonl",
        'Content-Disposition: attachment; filename="{}"',
        "Content-Type: {}",
        "{}",
    ]
)
TYPES = st.sampled_from(
    [
        "multipart/form-data; boundary=x",
        'Multipart/Form-Data ;boundary="x"; charset=UTF-8',
        "multipart/form-data; boundary=",
        "multipart/form-data",
        "multipart/mixed; boundary=x",
    ]
)


@pytest.fixture(scope="module")
def http(serve):
    """A client of a gateway that no other test uses."""
    with serve().http() as client:
        yield client


@st.composite
def forms(draw) -> bytes:
    """A form that can be broken anywhere."""
    body = ""
    for _ in range(draw(st.integers(0, 4))):
        head = draw(HEADS).format(draw(NAMES | TEXTS))
        body += f"--x\r\n{head}\r\n\r\n{draw(TEXTS)}\r\n"
    content = f"{body}--x--\r\n".encode()
    end = draw(st.just(len(content)) | st.integers(0, len(content)))
    return content[:end] + draw(st.sampled_from([b"", b"", b"\xff\x00", b"--x"]))


@SOME
@given(content=forms(), kind=TYPES)
def test_any_form(http, content, kind):
    http.post("/files", content=content, headers={"content-type": kind})


@SOME
@given(fields=st.dictionaries(NAMES, TEXTS, max_size=3), name=TEXTS, content=st.binary(max_size=40))
def test_any_upload(http, fields, name, content):
    fields = {"purpose": "vision"} | fields
    http.post("/files", data=fields, files={"file": (name, content)})


@SOME
@given(
    query=st.dictionaries(st.sampled_from(["limit", "after", "order", "purpose", "x"]), TEXTS | IDS)
)
def test_any_list(http, query):
    http.get("/files", params=query)


@SOME
@given(path=PATHS, file_id=IDS, method=st.sampled_from(["GET", "DELETE", "PUT"]))
def test_any_id(http, path, file_id, method):
    answer = http.request(method, path.format(quote(file_id, safe="")))
    assert answer.status_code in (404, 405)
