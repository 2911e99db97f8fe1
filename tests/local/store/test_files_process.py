"""Files of a whole endpoint: what a kill -9 leaves for the next one, whatever its key is."""

import openai
import pytest

from samplers.local.store import database

JSONL = ("a.jsonl", b'{"custom_id": "a"}\n')


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The data folder of an endpoint with its data in `tmp_path`."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = database.data_folder()
    if tmp_path not in folder.parents:
        pytest.skip("the data folder cannot be moved on this system")
    return folder


@pytest.mark.usefixtures("two_layers")
def test_a_second_run_with_another_key_finds_the_first_ones_files(start, tmp_path, folder, serve):
    first = start("--profile", "plain", data=tmp_path)  # its key is a random one
    with openai.OpenAI(base_url=first.base_url, api_key=first.key) as client:
        file = client.files.create(file=JSONL, purpose="batch")
    first.process.kill()
    first.process.wait()

    with serve(folder, "another-key").sdk() as client:
        assert list(client.files.list()) == [file]
        assert client.files.content(file.id).read() == JSONL[1]
