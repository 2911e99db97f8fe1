"""CT4: a token that begins a text (BOS) is not added twice, nor in the middle of a conversation."""

import shutil

import httpx
import pytest

TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello!"},
    {"role": "user", "content": "What is <|im_start|>?"},
]
ADDS_BOS = b"tokenizer.ggml.add_bos_token" + b"\x07\x00\x00\x00"  # a bool follows
IM_START = 1


@pytest.fixture(scope="module")
def adds_bos(tmp_path_factory, shallow_model):
    """A copy of the model whose file says that a text begins with BOS, which is <|im_start|>."""
    path = tmp_path_factory.mktemp("bos") / "bos.gguf"
    shutil.copyfile(shallow_model["SAMPLERS_MODEL"], path)
    with path.open("r+b") as file:
        begin = file.read(100_000).index(ADDS_BOS) + len(ADDS_BOS)
        file.seek(begin)
        assert file.read(1) == b"\0"
        file.seek(begin)
        file.write(b"\1")
    return path


def ids(endpoint, **body) -> list[int]:
    with endpoint.client() as client:
        return client.post("/tokenize", json=body).json()["ids"]


def test_two_turns_are_the_servers_tokens(endpoint, bare):
    """No end is added either. The contents have no control token's name, as that stays text."""
    turns = [*TURNS[:3], {"role": "user", "content": "And you?"}]
    root = httpx.URL(bare.base_url).copy_with(path="/")
    text = httpx.post(root.join("apply-template"), json={"messages": turns}, auth=bare.auth).json()
    tokens = {"content": text["prompt"], "parse_special": True}
    right = httpx.post(root.join("tokenize"), json=tokens, auth=bare.auth).json()["tokens"]
    assert ids(endpoint, messages=turns) == right
    assert right.count(IM_START) == 5
    assert right[:2] != [IM_START] * 2


def test_a_model_whose_file_adds_bos(start, shallow, adds_bos, tmp_path, monkeypatch):
    """Its tokens are those of the other model: the template has what begins a turn."""
    monkeypatch.setenv("SAMPLERS_MODEL", str(adds_bos))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    other = start()
    assert ids(other, messages=TURNS) == ids(shallow, messages=TURNS)
    assert ids(other, messages=TURNS).count(IM_START) == 5
    assert ids(other, input="Hello <|im_start|>") == ids(shallow, input="Hello <|im_start|>")
    assert IM_START not in ids(other, input="Hello <|im_start|>")

    # a completion's text has exactly one before it, and ids are read as they are
    form = {"model": other.model, "echo": True, "logprobs": 0, "max_tokens": 1, "temperature": 0}
    words = ids(shallow, input="Hello there")
    with other.client() as client:
        text = client.post("/completions", json={"prompt": "Hello there", **form}).json()
        same = client.post("/completions", json={"prompt": [IM_START, *words], **form}).json()
        bare_ids = client.post("/completions", json={"prompt": words, **form}).json()
    assert text["usage"]["prompt_tokens"] == same["usage"]["prompt_tokens"] == len(words) + 1
    assert bare_ids["usage"]["prompt_tokens"] == len(words)
    arrays = [body["choices"][0]["logprobs"] for body in (text, same)]
    first, second = (array["token_logprobs"] for array in arrays)
    assert first[0] is second[0] is None
    assert first[1:] == pytest.approx(second[1:], abs=1e-3)
    assert text["choices"][0]["text"].startswith("Hello there")
    assert arrays[0]["tokens"][:2] == ["", "Hello"]
    assert arrays[0]["text_offset"][:3] == [0, 0, 5]
