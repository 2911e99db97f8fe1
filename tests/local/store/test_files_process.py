"""Files of a whole endpoint: what a kill -9 leaves, and where a random key's files are."""

import openai
import pytest

from samplers.local.store import database

JSONL = ("a.jsonl", b'{"custom_id": "a"}\n')


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where an endpoint that is started now has its database."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = database.data_folder()
    if tmp_path not in folder.parents:
        pytest.skip("the data folder cannot be moved on this system")
    return folder


def test_a_second_run_finds_the_first_ones_files(start, folder, serve, monkeypatch):
    monkeypatch.setenv("SAMPLERS_LOCAL_KEY", "sk-kept")
    first = start("--profile", "plain")
    with openai.OpenAI(base_url=first.base_url, api_key="sk-kept") as client:
        file = client.files.create(file=JSONL, purpose="batch")
    first.process.kill()
    first.process.wait()

    with serve(folder, "sk-kept").sdk() as client:
        assert list(client.files.list()) == [file]
        assert client.files.content(file.id).read() == JSONL[1]


def test_a_random_key_leaves_nothing(endpoint):
    """Nobody could ever read it again."""
    before = database.Database(database.data_folder()).exists()
    with openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.key) as client:
        file = client.files.create(file=JSONL, purpose="batch")
        assert client.files.content(file.id).read() == JSONL[1]
    assert database.Database(database.data_folder()).exists() == before
