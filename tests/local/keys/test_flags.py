"""The flags for a room: what goes together, and what does not."""

import os

import pytest

from samplers.local import __main__ as main

KEY = "k" * 16


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.delenv("SAMPLERS_LOCAL_KEY", raising=False)
    path = tmp_path / "keys.txt"
    path.write_text(f"ada {KEY}\n")
    path.chmod(0o600)
    return str(path)


def refused(capsys, *given: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main.arguments([*given])
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert KEY not in error
    return error


@pytest.mark.parametrize("flag", [("--listen", "192.168.1.5"), ("--host", "class.example")])
def test_it_is_never_opened_without_keys(flag, file, capsys):
    assert "need --keys FILE" in refused(capsys, *flag)
    assert "need --keys FILE" in refused(capsys, *flag, "--api-key", "k" * 40)
    main.arguments([*flag, "--keys", file])


def test_one_key_and_a_file_of_keys_do_not_go_together(file, capsys, monkeypatch):
    assert "cannot both be given" in refused(capsys, "--keys", file, "--api-key", "mine")
    monkeypatch.setenv("SAMPLERS_LOCAL_KEY", "mine")
    assert "SAMPLERS_LOCAL_KEY" in refused(capsys, "--keys", file)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("192.168.1.5", "192.168.1.5"),
        ("0.0.0.0", "0.0.0.0"),
        ("::", "::"),
        ("[fd00::1]", "fd00::1"),
        ("FD00:0::1", "fd00::1"),
    ],
)
def test_addresses(given, address, file):
    assert main.arguments(["--keys", file, "--listen", given]).listen == address


@pytest.mark.parametrize(
    "given",
    ["", "class.example", "localhost", "192.168.1", "192.168.1.5:80", "224.0.0.1", "fe80::1%eth0"],
)
def test_what_is_no_address(given, file, capsys):
    error = refused(capsys, "--keys", file, "--listen", given)
    assert "an address of this machine" in error
    assert repr(given) in error


def test_names(file):
    given = ["--host", "Class.Example.", "--host", "10.0.0.7", "--host", "[FD00::0:7]"]
    options = main.arguments(["--keys", file, *given])
    assert options.host == ["class.example", "10.0.0.7", "fd00::7"]


@pytest.mark.parametrize("given", ["", "http://class.example", "class.example:80", "*", "a b"])
def test_what_is_no_name(given, file, capsys):
    assert "without a port" in refused(capsys, "--keys", file, "--host", given)


def test_a_file_that_is_wrong(file, tmp_path, capsys):
    assert "No such file" in refused(capsys, "--keys", str(tmp_path / "none"))
    (tmp_path / "keys.txt").write_text(f"ada {KEY}\nada {KEY}\n")
    assert "line 2" in refused(capsys, "--keys", file)


@pytest.mark.skipif(os.name == "nt", reason="Windows' modes say nothing about others")
def test_a_file_that_others_can_read_is_taken_with_a_warning(file, capsys):
    os.chmod(file, 0o644)
    main.arguments(["--keys", file])
    warning = capsys.readouterr().err
    assert f"`chmod 600 {file}`" in warning
    assert KEY not in warning
