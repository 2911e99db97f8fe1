"""What the Messages API takes and refuses: versions, fields, places of messages, and in what words.

The sentences are those of Anthropic's API where a public report has them (see the modules).
"""

import base64

import pytest
from anthropic_door import OLD, TODAY, Door, sentence_of
from example_images import TEXT, file_of, written

HELLO = [{"role": "user", "content": "Hi"}]
ANSWERED = {"role": "assistant", "content": "Hello"}


@pytest.fixture(scope="module")
def door(endpoint):
    with Door(endpoint) as door:
        yield door


@pytest.fixture(scope="module")
def full_door(full):
    with Door(full) as door:
        yield door


def test_a_version_is_needed(door):
    for path in ("/v1/messages", "/v1/messages/count_tokens"):
        assert sentence_of(door.post(None, path)) == "anthropic-version: header is required"
        for version in ("", "2023-01-01", f"{OLD}, {OLD}"):
            assert sentence_of(door.post(version, path)) == (
                f'anthropic-version: "{version}" is not a valid version'
            )


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_todays_version_has_no_sampling(door, name):
    for value in (0, 1, None):
        assert door.refused(TODAY, **{name: value}) == f"{name}: Extra inputs are not permitted"


@pytest.mark.parametrize("name", ["temperature", "top_p"])
def test_the_old_version_has_it_from_0_to_1(door, name):
    for value in (0, 0.5, 1):
        message = door.message(max_tokens=1, **{name: value})
        assert message["usage"]["output_tokens"] == 1  # its text may be blank: then no content
    for value in (-0.1, 1.5, 2, 1e300, 10**400):
        assert door.refused(**{name: value}) == f"{name}: range: 0..1"


def test_only_the_most_probable_token(door):
    """The whole answer at temperature 0, and one that top_k leaves no choice."""
    greedy = door.message(temperature=0)["content"]
    for _ in range(3):
        assert door.message(temperature=1, top_k=1)["content"] == greedy
    assert door.message(temperature=0, top_k=10**30)["content"] == greedy


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"user_id": "u"}, "service_tier": "standard_only"},
        {"metadata": {"user_id": None}},
        {"thinking": {"type": "disabled"}, "output_config": {"effort": None, "format": None}},
        {"container": None, "diagnostics": None, "inference_geo": None, "speed": None},
        {"cache_control": {"type": "ephemeral", "ttl": "1h"}, "speed": "standard"},
        {"stop_sequences": [], "stream": False, "tools": [], "system": ""},
        {"system": [], "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
        {"messages": [ANSWERED, *HELLO]},
        {"messages": [*HELLO, *HELLO, ANSWERED, ANSWERED, *HELLO]},
        {"messages": [*HELLO, {"role": "system", "content": "Be brief."}]},
        {"messages": [*HELLO, {"role": "system", "content": "Be brief."}, ANSWERED, *HELLO]},
    ],
)
def test_what_is_taken(door, fields):
    assert door.message(TODAY, **({"max_tokens": 1} | fields))["usage"]["output_tokens"] == 1


def test_a_system_message_in_the_middle_is_read(door):
    system = {"role": "system", "content": "Be brief."}
    assert door.count(messages=[*HELLO, system]) > door.count(messages=HELLO)
    assert door.count(messages=[*HELLO, system, system]) > door.count(messages=[*HELLO, system])


def of_user(block) -> dict:
    return {"messages": [{"role": "user", "content": [block]}]}


def of_assistant(block) -> dict:
    return {"messages": [*HELLO, {"role": "assistant", "content": [block]}, *HELLO]}


SYSTEM = {"role": "system", "content": "x"}
IMAGE = {"type": "base64", "media_type": "image/png", "data": "%"}
SOURCE = "messages.0.content.0.image.source"
USE = {"type": "tool_use", "id": "a", "name": "w", "input": {}}
PREFILL = "This model does not support assistant message prefill."
REFUSED = [
    ({"max_tokens": None}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": -1}, "max_tokens: must be greater than or equal to 0"),
    ({"max_tokens": 1.5}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": 99_999}, "max_tokens: 99999 > 4096, which is the maximum allowed number of"),
    ({"model": 5}, "model: Input should be a valid string"),
    ({"n": 1}, "n: Extra inputs are not permitted"),
    ({"seed": 1}, "seed: Extra inputs are not permitted"),
    ({"stop": ["x"]}, "stop: Extra inputs are not permitted"),
    ({"stream": None}, "stream: Input should be a valid boolean"),
    ({"stream": "yes"}, "stream: Input should be a valid boolean"),
    ({"stop_sequences": "x"}, "stop_sequences: Input should be a valid list"),
    ({"stop_sequences": [1]}, "stop_sequences.0: Input should be a valid string"),
    ({"stop_sequences": [""]}, "stop_sequences: each stop sequence must be non-empty"),
    ({"stop_sequences": ["\n"]}, "stop_sequences: each stop sequence must contain non-whitespace"),
    ({"stop_sequences": ["x"] * 65}, "stop_sequences: this endpoint takes at most 64"),
    ({"system": None}, "system: Input should be a valid list"),
    ({"system": [{"type": "image"}]}, "system.0: Input tag 'image' found using 'type' does not"),
    ({"metadata": {"user": "u"}}, "metadata.user: Extra inputs are not permitted"),
    ({"service_tier": "fast"}, "service_tier: Input should be 'auto' or 'standard_only'"),
    ({"speed": "fast"}, "speed: fast mode is not supported on this model"),
    ({"container": "c"}, "container: containers are not supported on this model"),
    ({"thinking": {"type": "adaptive"}}, "adaptive thinking is not supported on this model"),
    (
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        "This model does not support thinking.",
    ),
    ({"output_config": {"effort": "low"}}, "This model does not support the effort parameter."),
    ({"output_config": {"effort": "none"}}, "output_config.effort: Input should be 'low', 'me"),
    (
        {"output_config": {"format": {"type": "json_schema"}}},
        "output_config.format.schema: Field required",
    ),
    (
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be",
    ),
    ({"cache_control": {"type": "e"}}, "cache_control.type: Input should be 'ephemeral'"),
    (
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5},
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    ({"messages": None}, "messages: Input should be a valid list"),
    ({"messages": []}, "messages: at least one message is required"),
    ({"messages": [5]}, "messages.0: Input should be a valid dictionary"),
    ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role: Input should be 'user'"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content: Input should be a valid"),
    (
        {"messages": [{"role": "user", "content": ""}]},
        "messages.0: user messages must have non-emp",
    ),
    ({"messages": [*HELLO, ANSWERED]}, PREFILL),
    ({"messages": [ANSWERED]}, PREFILL),
    ({"messages": [SYSTEM, *HELLO]}, "messages.0: use the top-level 'system' parameter"),
    ({"messages": [*HELLO, SYSTEM, *HELLO]}, "messages.1: role 'system' must precede an"),
    ({"messages": [*HELLO, ANSWERED, SYSTEM]}, "messages.2: role 'system' must follow a 'user'"),
    (of_user({"type": "text", "text": 5}), "messages.0.content.0.text.text: Input should be a val"),
    (of_user({"type": "text"}), "messages.0.content.0.text.text: Field required"),
    (of_user({"type": "text", "text": "x", "y": 1}), "messages.0.content.0.text.y: Extra inputs"),
    (of_user({"type": ["text"]}), "messages.0.content.0.type: Input should be a valid string"),
    (of_user({"text": "x"}), "messages.0.content.0.type: Field required"),
    (of_user({"type": "input_text", "text": "x"}), "messages.0.content.0: Input tag 'input_text'"),
    (of_user({"type": "document"}), "messages.0.content.0: `document` blocks are not supported"),
    (of_user(USE), "messages.0: `tool_use` blocks can only be in `assistant` messages"),
    (
        of_assistant({"type": "tool_result", "tool_use_id": "a"}),
        "messages.1: `tool_result` blocks can only be in `user` messages",
    ),
    (
        of_assistant({"type": "tool_use", "id": "a", "name": "w", "input": "{}"}),
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ),
    (of_user({"type": "image", "source": IMAGE}), f"{SOURCE}.base64.data: invalid base64 data"),
    (
        of_user({"type": "image", "source": IMAGE | {"media_type": "image/tiff"}}),
        f"{SOURCE}.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or",
    ),
    (
        of_user({"type": "image", "source": {"type": "url", "url": "https://example.com/x.png"}}),
        f"{SOURCE}.url: This endpoint downloads no images",
    ),
]


@pytest.mark.parametrize(("fields", "begin"), REFUSED)
def test_what_is_refused(door, fields, begin):
    assert door.refused(**fields).startswith(begin)


def test_a_field_that_is_missing(door):
    headers = {"anthropic-version": TODAY}
    body = door.body()
    for name in ("model", "max_tokens", "messages"):
        rest = {field: value for field, value in body.items() if field != name}
        response = door.http.post("/v1/messages", json=rest, headers=headers)
        assert sentence_of(response) == f"{name}: Field required"
    response = door.http.post("/v1/messages", json=[], headers=headers)
    assert sentence_of(response) == "Input should be a valid dictionary"


def test_the_count_takes_no_field_of_an_answer(door):
    """Neither does Anthropic's: its SDK has no such argument."""
    for name in ("max_tokens", "stream", "stop_sequences", "temperature"):
        response = door.http.post(
            "/v1/messages/count_tokens",
            json={"model": door.model, "messages": HELLO, name: 1},
            headers={"anthropic-version": OLD},
        )
        assert sentence_of(response) == f"{name}: Extra inputs are not permitted"


def test_another_model(door):
    assert door.refused(status=404, model="claude-opus-5-5") == "model: claude-opus-5-5"


def test_as_many_tokens_as_the_context_has(full_door):
    """An answer that may outgrow the context is not refused; this one ends by itself."""
    assert full_door.message(temperature=0, max_tokens=4096)["stop_reason"] == "end_turn"


def test_a_prompt_that_is_too_long(full_door):
    long = [{"role": "user", "content": "word " * 5000}]
    assert full_door.refused(messages=long).startswith("prompt is too long: 5010 tokens > 4096 max")
    longer = [{"role": "user", "content": "x" * 1_000_000}]
    assert full_door.refused(messages=longer).startswith("prompt is too long: ")


def test_an_image_is_read(door):
    data = base64.b64encode(file_of(written())).decode()
    source = {"type": "base64", "media_type": "image/png", "data": data}
    blocks = [{"type": "text", "text": "What is it?"}, {"type": "image", "source": source}]
    message = door.post(messages=[{"role": "user", "content": blocks}])
    if message.status_code == 501:
        pytest.skip("no OCR here")
    assert message.status_code == 200
    assert TEXT in message.json()["samplers_images"][0]["text"]
    assert message.json()["content"][0]["text"].startswith("[image: text only, by OCR]")
