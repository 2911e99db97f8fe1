"""A file of keys: what is taken, and what is wrong about a line, without a word of it."""

import os
from pathlib import Path

import pytest

from samplers.local.keys.read import KeysError, content_of, keys_in, others_can_read

PATH = Path("keys.txt")
ADA = "k" * 16
BOB = "b" * 200


@pytest.mark.parametrize(
    "content",
    [
        f"ada {ADA}\nbob {BOB}\n",
        f"ada {ADA}\nbob {BOB}",
        f"# the class of May\r\n\r\n  ada\t{ADA}  \r\nbob   {BOB}\r\n  # the end",
        f"\ufeffada {ADA}\n\nbob {BOB}\n",  # as Windows' editor saves it
    ],
)
def test_names_and_keys(content):
    assert keys_in(content.encode(), PATH) == {"ada": ADA, "bob": BOB}


def test_a_name_of_any_script_and_a_key_with_any_sign():
    key = "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    assert keys_in(f"李雷 {key}".encode(), PATH) == {"李雷": key}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (ADA, "got 1 words"),
        (f"ada {ADA} # hers", "got 4 words"),
        (f"ada {'x' * 15}", "16 to 200 characters, got 15"),
        (f"ada {'x' * 201}", "16 to 200 characters, got 201"),
        (f"ada {'ü' * 16}", "printable ASCII"),
        (f"ada {'x' * 16}\x00", "printable ASCII"),
        (f"{'a' * 41} {ADA}", "at most 40 printable characters, got 41"),
        (f"a\x1bda {ADA}", "printable"),
        (f"eve {'e' * 16}", "its name is also in line 2"),
        (f"ada {'q' * 16}", "its key is also in line 2"),
    ],
)
def test_a_wrong_line_is_named_and_not_shown(line, problem):
    content = f"# keys\neve {'q' * 16}\n{line}\n".encode()
    with pytest.raises(KeysError) as caught:
        keys_in(content, PATH)
    message = str(caught.value)
    assert message.startswith("keys.txt, line 3: ")
    assert problem in message
    assert not [word for word in line.split() if word in message.split() and len(word) > 3]


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n"])
def test_a_file_without_keys(content):
    with pytest.raises(KeysError, match="has no keys"):
        keys_in(content.encode(), PATH)


def test_what_windows_powershell_writes_by_default():
    with pytest.raises(KeysError, match="Save it as UTF-8"):
        keys_in(f"ada {ADA}\n".encode("utf-16"), PATH)


def test_what_is_no_file_or_too_big(tmp_path):
    with pytest.raises(KeysError, match="No such file"):
        content_of(tmp_path / "none")
    with pytest.raises(KeysError, match="is not a file"):
        content_of(tmp_path)
    big = tmp_path / "big"
    big.write_bytes(b"#" * (1 << 20))
    assert len(content_of(big)) == 1 << 20
    big.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(KeysError, match="larger than"):
        content_of(big)


@pytest.mark.skipif(os.name == "nt", reason="Windows' modes say nothing about others")
@pytest.mark.parametrize(
    ("mode", "can"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)]
)
def test_whether_others_can_read_it(tmp_path, mode, can):
    path = tmp_path / "keys.txt"
    path.touch()
    path.chmod(mode)
    assert others_can_read(path) is can
