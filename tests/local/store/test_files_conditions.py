"""Limits and faults hold for files as for every other path."""

import httpx
import pytest

DATA = b"0123456789" * 300_000  # more than one piece


@pytest.fixture(scope="module")
def http(serve):
    """A client of a gateway whose conditions these tests change."""
    served = serve()
    headers = {"Authorization": f"Bearer {served.key}"}
    with httpx.Client(base_url=served.base_url, headers=headers) as client:
        yield client


@pytest.fixture
def simulate(http):
    """A function that changes the conditions; the limits are off again after the test."""
    yield lambda **fields: http.post("/samplers/conditions", json=fields)
    http.post("/samplers/conditions", json={"tier": None})


def upload(http, fault="none", content=b"{}") -> httpx.Response:
    form = {"data": {"purpose": "batch"}, "files": {"file": ("a.jsonl", content)}}
    return http.post("/files", **form, headers={"x-samplers-fault": fault})


def test_a_limit_counts_every_request(http, simulate):
    simulate(tier="rpm=2")
    answers = [upload(http), http.get("/files"), upload(http)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    left = [answer.headers["x-ratelimit-remaining-requests"] for answer in answers]
    assert left == ["1", "0", "0"]
    assert answers[2].json()["error"]["code"] == "rate_limit_exceeded"
    assert "retry-after" in answers[2].headers


def test_a_fault_instead_of_the_answer_keeps_nothing(http):
    before = http.get("/files").json()
    answer = upload(http, "503")
    assert answer.status_code == 503
    assert answer.headers["x-samplers-simulated"] == "fault=503"
    assert http.get("/files").json() == before


@pytest.mark.parametrize("content", [b"{}", DATA], ids=["short", "long"])
def test_a_file_can_be_cut(http, content):
    path = f"/files/{upload(http, content=content).json()['id']}/content"
    assert http.get(path).content == content
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        http.get(path, headers={"x-samplers-fault": "cut"})
