"""What looks like a secret is not shown; what does not is."""

import pytest

from samplers.wire.secret import is_secret, looks_like_a_key, shown

KEYS = [
    "sk-proj-of-nobody",
    " sk_live_0000\n",
    "sk-ant-api03-xyz",
    "http://sk-abcdef:bad/v1",
    "gsk_0123456789abcdefghij",
    "hf_abcdefghijklmnopqrstuvwxyz",
    "xai-0123456789abcdefghij",
    "AIzaSyA0000000000000000000000000000000",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "0123456789abcdef0123456789abcdef",
    "01234567-89ab-cdef-0123-456789abcdef",
    "github_pat_0123456789abcdefghij",
    "tgp_v1_0123456789abcdefghij",
    "'sk-of-nobody'",
    "Bearer sk-of-nobody",
    'OPENAI_API_KEY="sk-of-nobody"',
    "Bearer 0123456789abcdef0123456789abcdef",
    "'01234567-89ab-cdef-0123-456789abcdef'",
]
NAMES = [
    "local",
    "OpenAI.com",
    "0.10",
    "gpt-4o-mini-2024-07-18",
    "smollm2-135m-instruct",
    "pplx-70b-online",
    "hf-internal-testing/tiny-random-gpt2",
    "meta-llama/Llama-3.1-8B-Instruct",
    "risk-free",
    "sk_SK.UTF-8",
    "scikit/sk-bert",
    "/opt/sk-learn/bin:/usr/bin",
    "https://sk.example/v1",
    "/home/me/models/SmolLM2-135M-Instruct.Q4_1.gguf",
    "http://127.0.0.1:8000/v1",
    "",
    None,
    5,
]


@pytest.mark.parametrize("text", KEYS)
def test_a_key(text):
    assert looks_like_a_key(text)
    assert text.strip() not in shown(text)
    assert is_secret("SOMETHING", text)


@pytest.mark.parametrize("text", NAMES)
def test_no_key(text):
    assert not looks_like_a_key(text)
    assert shown(text) == repr(text)


@pytest.mark.parametrize(
    "name",
    ["OPENAI_API_KEY", "myapikey", "KEY", "AWS_ACCESS_KEY_ID", "HF_TOKEN", "PGPASSWORD", "GH_PAT"],
)
def test_a_secrets_name(name):
    assert is_secret(name, "x") is True
    assert is_secret(f"{name}_2", "x") is True
    assert name.endswith("_ID") or is_secret(f"{name}S", "x")


def test_the_name_of_a_password():
    assert is_secret("DB_PASS", "x") is True
    assert not is_secret("COMPASS", "x")


def test_an_address_with_a_password():
    assert is_secret("DATABASE_URL", "postgres://me:x@host/db") is True
    assert is_secret("REDIS_URL", "redis://:x@host") is True
    assert not is_secret("DATABASE_URL", "postgres://me@host:5432/db")


@pytest.mark.parametrize(
    "address", ["http://me:hunter2@host:x/v1", "http://me:hun#er2@host/v1", "http://:x@host:99999"]
)
def test_an_address_with_a_password_is_not_shown(address):
    assert shown(address) == "an address with a password (not shown)"


@pytest.mark.parametrize("name", ["PATH", "HOME", "MAX_TOKENS_FILE", "MONKEY", "SSH_AUTH_SOCK"])
def test_no_secrets_name(name):
    assert not is_secret(name, "x")


def test_a_path_is_no_secret(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = "modules0123456789abcdef"
    assert is_secret("PYTHONPATH", folder)
    (tmp_path / folder).mkdir()
    assert not is_secret("PYTHONPATH", folder)


def test_what_is_long_is_cut():
    assert len(shown("a " * 1000)) == 200
