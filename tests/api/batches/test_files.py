"""Files at endpoints that answer oddly, and their sizes."""

import httpx
import pytest
from batch_endpoint import LIMITED, BatchEndpoint
from fake_endpoint import Body, Recorded, fake

from samplers.api import APIError, file_content, list_files, upload_file
from samplers.api.transport import decoding

FILE = {"id": "file-1", "filename": "a.jsonl"}


def page(*files: dict, **fields) -> httpx.Response:
    return httpx.Response(200, json={"object": "list", "data": files} | fields)


def test_a_file_is_sent_whole_when_it_is_sent_again(tmp_path):
    endpoint = BatchEndpoint()
    endpoint.refuse["POST /files"] = [LIMITED, LIMITED]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"0123456789" * 20_000)
    file = upload_file(fake(endpoint), path)
    assert endpoint.files[file.id] == ("a.jsonl", path.read_bytes())


def test_a_name_that_is_no_unicode():
    endpoint = BatchEndpoint()
    upload_file(fake(endpoint), "x", filename="a\udcff.jsonl")
    assert b'filename="a\xef\xbf\xbd.jsonl"' in endpoint.requests[0].content


def test_a_files_content_may_be_larger_than_other_answers(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_BYTES", 1000)
    client = fake(lambda _: httpx.Response(200, stream=Body(*[b"x" * 500] * 10)))
    assert len(file_content(client, "file-1")) == 5000
    with pytest.raises(APIError, match="larger than"):
        client.models()
    monkeypatch.setattr(decoding, "MAX_FILE", 2000)
    with pytest.raises(APIError, match="larger than"):
        file_content(client, "file-1")


def test_a_server_that_knows_no_pages():
    """It sends the same page for ever."""
    recorded = Recorded(page(FILE, has_more=True))
    assert [file.id for file in list_files(fake(recorded))] == ["file-1"]
    assert len(recorded.requests) == 2
    assert recorded.requests[1].url.params["after"] == "file-1"


def test_a_server_that_does_not_say_whether_there_is_more():
    pages = iter([page(FILE), page(FILE | {"id": "file-2"}), page(FILE | {"id": "file-2"})])
    assert [file.id for file in list_files(fake(lambda _: next(pages)))] == ["file-1", "file-2"]


@pytest.mark.parametrize("answer", [page(), page(None, 5), page(has_more=True)])
def test_an_empty_list(answer):
    assert list_files(fake(answer)) == []


def test_what_stands_beside_an_id_may_be_missing():
    file = list_files(fake(page({"id": "file-1", "bytes": "12", "expires_at": None})))[0]
    assert (file.filename, file.bytes, file.purpose, file.expires_at) == ("", 12, None, None)
    with pytest.raises(APIError, match="cannot be read"):
        list_files(fake(page({"filename": "a"})))
