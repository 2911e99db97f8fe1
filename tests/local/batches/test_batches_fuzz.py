"""Requests and files of any form: never a 500, never a body outside OpenAI's API file.

`http` checks that of each answer.
"""

import json
from urllib.parse import quote

import pytest
from fuzzing import SOME
from hypothesis import given, settings
from hypothesis import strategies as st
from sdk_batches import Batches, moderation

TEXTS = st.text(max_size=20) | st.sampled_from(["24h", "/v1/moderations", "batch_", "1", "\x00"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
IDS = st.text(min_size=1, max_size=30) | st.from_regex("batch_[0-9a-f]{22}", fullmatch=True)
FIELDS = ("input_file_id", "endpoint", "completion_window", "metadata", "output_expires_after")
NAMES = st.sampled_from(FIELDS) | TEXTS
LINE = st.sampled_from(tuple(moderation("a")))


@pytest.fixture(scope="module")
def served(serve):
    """A gateway that no other test uses."""
    return serve()


@pytest.fixture(scope="module")
def http(served):
    with served.http() as client:
        yield client


@pytest.fixture(scope="module")
def file_id(served) -> str:
    batches = Batches(served.base_url, served.key)
    return batches.sdk.files.create(file=("a.jsonl", b"{}"), purpose="batch").id


@SOME
@given(fields=st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_batch(http, file_id, fields):
    right = {"input_file_id": file_id, "endpoint": "/v1/moderations", "completion_window": "24h"}
    content = json.dumps(right | fields)
    http.post("/batches", content=content, headers={"content-type": "application/json"})


@SOME
@given(
    query=st.dictionaries(st.sampled_from(["limit", "after", "x"]), TEXTS | IDS),
    batch_id=IDS,
    path=st.sampled_from(["/batches/{}", "/batches/{}/cancel"]),
    method=st.sampled_from(["GET", "POST", "DELETE"]),
)
def test_any_question(http, query, batch_id, path, method):
    http.get("/batches", params=query)
    answer = http.request(method, path.format(quote(batch_id, safe="")))
    assert answer.status_code in (404, 405)


@settings(SOME, max_examples=25)
@given(
    lines=st.lists(
        st.binary(max_size=30)
        | VALUES.map(lambda value: json.dumps(value).encode())
        | st.dictionaries(LINE, VALUES, max_size=2).map(
            lambda fields: json.dumps(moderation("a") | fields).encode()
        ),
        max_size=4,
    )
)
def test_any_file(served, lines):
    """It ends, and whatever it says can be read."""
    batches = Batches(served.base_url, served.key)
    batch = batches.follow(batches.create(b"\n".join(lines)))
    assert batch.status in ("failed", "completed")
    assert len(batches.lines(batch.output_file_id)) == batch.request_counts.completed
    assert len(batches.lines(batch.error_file_id)) == batch.request_counts.failed
    batches.sdk.close()
