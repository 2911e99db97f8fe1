"""Batches and files at the real local endpoint."""

import time

import pytest

from samplers.api import (
    APIError,
    BadRequestError,
    Completion,
    NotFoundError,
    UnansweredError,
    batch_cost,
    batch_results,
    cancel_batch,
    delete_file,
    file_content,
    follow_batch,
    list_batches,
    list_files,
    submit_batch,
    upload_file,
)

NAMES = ['Übung 漢字 "x".jsonl', "a\\b.jsonl", "é and é.jsonl"]


def ask(text: str, **fields) -> dict:
    return {"messages": text, "max_tokens": 2, "temperature": 0} | fields


def test_a_batch_answers_as_live_calls_do(client, tmp_path, capsys):
    requests = {
        "paris": ask("The capital of France?"),
        "wrong": ask("Hi", temperature=9),
        "n": ask("Hello", n=2),
    }
    batch = submit_batch(client, requests, save=tmp_path / "batch.json", metadata={"class": "1"})
    assert batch.metadata["class"] == "1"
    ended = follow_batch(client, batch)
    assert (ended.status, ended.total, ended.completed, ended.failed) == ("completed", 3, 2, 1)
    assert "completed: 100%" in capsys.readouterr().err

    results = batch_results(client, ended)
    assert list(results) == ["paris", "wrong", "n"]
    assert results.problems == ()
    assert results["paris"].text == client.chat(**requests["paris"]).text
    assert len(results["n"].choices) == 2
    assert isinstance(results["wrong"], BadRequestError)
    assert results["wrong"].param == "temperature"
    assert results.unanswered == []
    tokens = sum(a.usage.total_tokens for a in results.values() if isinstance(a, Completion))
    usage = ended.raw["usage"]
    assert usage["total_tokens"] == tokens
    assert batch_cost(results, "gpt-6-luna") > 0

    again = submit_batch(client, requests, save=tmp_path / "batch.json")
    assert (again.id, again.status) == (batch.id, "completed")
    assert batch.id in [listed.id for listed in list_batches(client)]
    with pytest.raises(APIError, match="Cannot cancel a batch with status 'completed'"):
        cancel_batch(client, batch)


def test_a_cancelled_batch_and_the_rest_of_it(client):
    requests = {f"r{number:02}": ask("Tell a story.", max_tokens=4) for number in range(12)}
    batch = submit_batch(client, requests)
    while batch.completed == 0:
        time.sleep(0.02)
        batch = next(found for found in list_batches(client) if found.id == batch.id)
    cancel_batch(client, batch)
    ended = follow_batch(client, batch, progress=False)
    assert ended.status == "cancelled"
    results = batch_results(client, ended)
    assert list(results) == list(requests)
    kept = [name for name, answer in results.items() if isinstance(answer, Completion)]
    left = results.left()
    assert kept
    assert left
    assert sorted([*kept, *left]) == list(requests)
    assert all(isinstance(results[name], UnansweredError) for name in left)
    assert {results[name].code for name in left} == {"batch_cancelled"}

    again = dict(list(left.items())[:2])
    rest = batch_results(client, follow_batch(client, submit_batch(client, again), progress=False))
    assert list(rest) == list(again)
    assert all(isinstance(answer, Completion) for answer in rest.values())


@pytest.mark.parametrize("name", NAMES)
def test_names_beyond_ascii(client, name):
    """C41, and its neighbours."""
    file = upload_file(client, b"{}", filename=name)
    assert file.filename == name
    delete_file(client, file.id)


def test_a_files_life(client, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes("a\r\nb\u2028c".encode())
    files = [
        upload_file(client, path, purpose="user_data"),
        upload_file(client, "x\n"),
        upload_file(client, b"\x00\xff", filename="bytes.jsonl"),
    ]
    assert [file.filename for file in files] == ["notes.txt", "file.jsonl", "bytes.jsonl"]
    assert [file.bytes for file in files] == [path.stat().st_size, 2, 2]
    assert [file.purpose for file in files] == ["user_data", "batch", "batch"]
    assert files[0].expires_at > files[0].created_at
    assert [file.id for file in list_files(client)[:3]] == [file.id for file in files[::-1]]
    assert files[0] not in list_files(client, purpose="batch")
    assert file_content(client, files[2].id) == b"\x00\xff"
    for file in files:
        delete_file(client, file.id)
        with pytest.raises(NotFoundError, match="No such File object"):
            file_content(client, file.id)
    with pytest.raises(NotFoundError, match="No such File object"):
        delete_file(client, files[0].id)


def test_long_lists_are_read_page_by_page(client, monkeypatch):
    monkeypatch.setattr("samplers.api.batches.files.PAGE", 2)
    files = [upload_file(client, str(number)) for number in range(5)]
    assert list_files(client, purpose="batch")[:5] == files[::-1]
    for file in files:
        delete_file(client, file.id)


def test_what_the_endpoint_refuses(client):
    with pytest.raises(BadRequestError, match=r"Must be \.jsonl"):
        upload_file(client, "x", filename="a.txt")
    with pytest.raises(NotFoundError, match="No batch found with id 'batch_1'"):
        follow_batch(client, "batch_1")
    with pytest.raises(NotFoundError):
        batch_results(client, "../models")


def test_what_is_no_content(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requests.jsonl").write_text("{}")
    with pytest.raises(ValueError, match=r"content must be Path\('requests\.jsonl'\)"):
        upload_file(client, "requests.jsonl")
    for content in (None, 5, ["a"]):
        with pytest.raises(ValueError, match="content must be a Path, bytes or a str"):
            upload_file(client, content)
    with pytest.raises(ValueError, match="purpose must be a str"):
        upload_file(client, "x", purpose=None)
    with pytest.raises(ValueError, match="id must be a str"):
        file_content(client, "")
    with pytest.raises(FileNotFoundError):
        upload_file(client, tmp_path / "missing")
