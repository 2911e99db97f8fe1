"""The items of an input: their forms, their ids, and what no item may be."""

import pytest

PING = {"role": "user", "content": "ping"}
CALL = {"type": "function_call", "call_id": "call_a", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_a", "output": "1"}
ROLES = "Supported values are: 'assistant', 'system', 'developer', and 'user'."


def test_forms_of_a_message(responses):
    """All are the same to the model."""
    forms = [
        "ping",
        [PING],
        [PING | {"type": "message"}],
        [PING | {"type": None, "id": None, "status": None}],
        [PING | {"id": "msg_1", "status": "completed"}],
        [{"role": "user", "content": [{"type": "input_text", "text": "ping"}]}],
        [{"role": "user", "content": [{"type": "input_text", "text": t} for t in ("pi", "ng")]}],
    ]
    assert len({responses.count(input=form) for form in forms}) == 1


def test_roles(responses):
    system = responses.count(input=[{"role": "system", "content": "Be brief."}, PING])
    assert responses.count(input=[{"role": "developer", "content": "Be brief."}, PING]) == system
    assert responses.count(instructions="Be brief.", input=[PING]) == system
    output = {"type": "output_text", "text": "pong", "annotations": [], "logprobs": None}
    forms = ["pong", [output], [output | {"annotations": None}]]
    forms.append([{"type": "refusal", "refusal": "pong"}])
    inputs = [[PING, {"role": "assistant", "content": form}, PING] for form in forms]
    assert len({responses.count(input=each) for each in inputs}) == 1


@pytest.mark.parametrize(
    ("items", "message", "param"),
    [
        ([7], "Invalid type for '{}': expected an input item, but got an integer instead.", ""),
        ([None], "Invalid type for '{}': expected an input item, but got null instead.", ""),
        ([{}], f"Invalid value: ''. {ROLES}", ""),
        ([{"role": "tool", "content": "a"}], f"Invalid value: 'tool'. {ROLES}", ""),
        ([{"role": "user"}], "Missing required parameter: '{}'.", ".content"),
        ([PING | {"phase": "final_answer"}], "Unknown parameter: '{}'.", ".phase"),
        (
            [{"role": "assistant", "content": "a", "phase": "bogus"}],
            "Invalid value: 'bogus'. Supported values are: 'commentary' and 'final_answer'.",
            ".phase",
        ),
        (
            [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}],
            "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
            ".content[0]",
        ),
        (
            [{"role": "user", "content": [{"type": "output_text", "text": "x"}]}],
            "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', "
            "'input_file', 'scoped_content', and 'input_audio'.",
            ".content[0]",
        ),
        (
            [{"role": "user", "content": [{"type": "text", "text": "x"}]}],
            "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', "
            "'input_audio', 'output_text', 'refusal', 'input_file', 'computer_screenshot', "
            "'summary_text', and 'encrypted_content'.",
            ".content[0].type",
        ),
        (
            [CALL, OUTPUT | {"output": [{"type": "output_text", "text": "1"}]}],
            "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', "
            "and 'input_file'.",
            ".output[0]",
        ),
        (
            [{"role": "user", "content": [{"type": "input_text"}]}],
            "Missing required parameter: '{}'.",
            ".content[0].text",
        ),
        ([{"type": "reasoning"}], "Missing required parameter: '{}'.", ".summary"),
        ([CALL | {"namespace": "n"}], None, ".namespace"),
        ([CALL | {"parsed_arguments": {}}], "Unknown parameter: '{}'.", ".parsed_arguments"),
        ([CALL | {"call_id": ""}], None, ".call_id"),
        (
            [CALL | {"call_id": "c" * 65}],
            "Invalid '{}': string too long. Expected a string with maximum length 64, but got a "
            "string with length 65 instead.",
            ".call_id",
        ),
        ([{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}], None, None),
        ([{"role": "user", "content": None}], None, ".content"),
    ],
)
def test_openais_sentences_for_items(responses, items, message, param):
    error = responses.refused(input=items)
    place = f"input[{len(items) - 1}]{param}"
    if message is not None:
        assert error["message"] == message.format(place)
    if param is not None:
        assert error["param"] == place


@pytest.mark.parametrize(
    ("item", "beginning"),
    [
        (PING, "msg"),
        ({"role": "assistant", "content": "a"}, "msg"),
        (CALL, "fc"),
        (OUTPUT, "fco"),
        ({"type": "reasoning", "summary": []}, "rs"),
    ],
)
def test_an_id_of_another_kind(responses, item, beginning):
    before = [CALL] if item == OUTPUT else []
    after = [OUTPUT] if item == CALL else []
    place = f"input[{len(before)}].id"
    for given in ("msg_1", "fc_1", "fco_1", "rs_1", "call_a", "chatcmpl-1"):
        fields = {"input": [*before, item | {"id": given}, *after, PING]}
        if given == f"{beginning}_1":
            responses.count(**fields)
            continue
        error = responses.refused(**fields)
        assert error["message"] == (
            f"Invalid '{place}': '{given}'. Expected an ID that begins with '{beginning}'."
        )
        assert (error["param"], error["code"]) == (place, "invalid_value")
    error = responses.refused(
        input=[item | {"id": "../../x"}] if not before else [*before, item | {"id": "é"}]
    )
    assert "Expected an ID that contains letters" in error["message"]


OTHERS = ("web_search_call", "computer_call", "custom_tool_call", "compaction", "mcp_call")


@pytest.mark.parametrize("kind", [*OTHERS, "local_shell_call", "image_generation_call"])
def test_items_that_are_not_here(responses, kind):
    error = responses.refused(input=[PING, {"type": kind, "id": "x_1"}])
    assert kind in error["message"]
    assert (error["param"], error["code"]) == ("input[1].type", "unsupported_value")


def test_a_kind_that_nobody_has(responses):
    for kind, shown in (("bogus_item", "bogus_item"), (7, "")):
        error = responses.refused(input=[{"type": kind}])
        assert error["message"].startswith(f"Invalid value: '{shown}'. Supported values are: 'addi")
        assert error["message"].count("'") == 2 + 2 * 33
        assert (error["param"], error["code"]) == ("input[0]", "invalid_value")


def test_pairs_go_by_call_id(responses):
    """The items' own ids say nothing about them."""
    call = CALL | {"id": "fc_1"}
    output = OUTPUT | {"id": "fco_9", "status": "completed"}
    assert responses.count(input=[PING, call, output]) == responses.count(
        input=[PING, CALL, OUTPUT]
    )
    error = responses.refused(input=[PING, call, OUTPUT | {"call_id": "fc_1"}])
    assert error["message"] == "No tool call found for function call output with call_id fc_1."
    error = responses.refused(input=[PING, OUTPUT, CALL])
    assert "No tool call found" in error["message"]
    for twice in ([CALL, OUTPUT, CALL, OUTPUT], [CALL, OUTPUT, OUTPUT]):
        assert "call_id call_a" in responses.refused(input=[PING, *twice])["message"]


def test_half_a_call_without_an_output_is_not_read(responses):
    half = CALL | {"status": "incomplete", "arguments": '{"a'}
    assert responses.count(input=[PING, half, PING]) == responses.count(input=[PING, PING])


def test_the_same_id_twice(responses):
    error = responses.refused(input=[PING | {"id": "msg_1"}, PING | {"id": "msg_1"}])
    assert error["message"].startswith("Duplicate item found with id msg_1.")
