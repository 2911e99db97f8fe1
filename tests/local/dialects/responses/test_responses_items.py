"""The life of a response and of its items: what comes, in which order, and how it ends."""

import time

import pytest
from responses_door import check_life, text_of
from responses_drafts import answered, draft_of, kinds, streamed

BEGIN = ["created", "in_progress"]
TEXT = ["output_text.done", "content_part.done", "output_item.done"]
MESSAGE = ["output_item.added", "content_part.added", "output_text.delta", *TEXT]
CALL = [
    "output_item.added",
    "function_call_arguments.delta",
    "function_call_arguments.done",
    "output_item.done",
]
ONE = ["open", "args", "n", "1"]
TWO = [*ONE, "}}", "next", "args", "n", "1", "}}", "]", "END"]


def without_chance(response: dict) -> dict:
    """A response without its times and its items' ids."""
    ids = ("id", "call_id", "encrypted_content")
    output = [{k: v for k, v in item.items() if k not in ids} for item in response["output"]]
    return response | {"output": output, "completed_at": None}


def both(*turns, **fields) -> tuple[dict, list[dict]]:
    """A whole response and the events of the same one, streamed by the engine and not."""
    whole = answered(draft_of(*turns, **fields))
    at_once = streamed(draft_of(*turns, **fields))
    in_turn = streamed(draft_of(*turns, chat={"stream": True}, **fields))
    for made in (at_once, in_turn):
        assert without_chance(made[-1]["response"]) == without_chance(whole)
        check_life(made)
    return whole, in_turn


def test_a_text():
    whole, made = both(["a", "ha", "o", "b", "END"])
    assert kinds(made) == [*BEGIN, *MESSAGE, "completed"]
    assert text_of(whole) == "a好 b"
    assert whole["status"] == "completed"
    assert whole["incomplete_details"] is whole["error"] is None
    (item,) = whole["output"]
    assert (item["role"], item["status"], item["id"][:4]) == ("assistant", "completed", "msg_")
    assert abs(whole["completed_at"] - time.time()) < 60


def test_an_empty_answer_has_its_message():
    whole, made = both(["END"])
    assert kinds(made) == [*BEGIN, *[kind for kind in MESSAGE if "delta" not in kind], "completed"]
    (item,) = whole["output"]
    (part,) = item["content"]
    assert part == {"type": "output_text", "text": "", "annotations": [], "logprobs": []}


@pytest.mark.parametrize(
    ("filtered", "reason"), [(False, "max_output_tokens"), (True, "content_filter")]
)
def test_a_text_that_is_cut_inside_a_character(filtered, reason):
    whole, made = both(["a", "ha"], limit=2, filtered=filtered)
    assert kinds(made) == [*BEGIN, *MESSAGE, "incomplete"]
    assert text_of(whole) == "a\ufffd"
    assert (whole["status"], whole["output"][0]["status"]) == ("incomplete", "incomplete")
    assert whole["incomplete_details"] == {"reason": reason}
    assert whole["completed_at"] is None


def test_two_calls():
    whole, made = both(TWO, calls=True)
    assert kinds(made) == [*BEGIN, *CALL, *CALL, "completed"]
    assert [item["name"] for item in whole["output"]] == ["f", "g"]
    for item in whole["output"]:
        assert item["arguments"] == '{"n":1}'
        assert (item["type"], item["status"]) == ("function_call", "completed")
        assert item["id"].startswith("fc_")
        assert item["call_id"].startswith("call_")


@pytest.mark.parametrize(
    ("size", "calls"),
    [
        (1, []),  # before the name is whole
        (2, [("f", "", "incomplete")]),
        (4, [("f", '{"n":1', "incomplete")]),
        (5, [("f", '{"n":1}', "completed")]),
        (8, [("f", '{"n":1}', "completed"), ("g", '{"n":', "incomplete")]),
        (10, [("f", '{"n":1}', "completed"), ("g", '{"n":1}', "completed")]),
    ],
)
def test_calls_that_are_cut(size, calls):
    whole, made = both(TWO, calls=True, limit=size)
    shown = [(item["name"], item["arguments"], item["status"]) for item in whole["output"]]
    assert shown == calls
    assert made[-1]["type"] == "response.incomplete"
    assert whole["incomplete_details"] == {"reason": "max_output_tokens"}


def test_thoughts_come_first():
    whole, made = both(["a", "b", "END"], ["b", "END"], thinks=9)
    assert kinds(made) == [*BEGIN, "output_item.added", "output_item.done", *MESSAGE, "completed"]
    thought, message = whole["output"]
    ident = thought.pop("id")
    assert ident.startswith("rs_")
    assert thought == {"type": "reasoning", "status": "completed", "summary": []}
    assert message["content"][0]["text"] == " b"
    usage = whole["usage"]
    assert usage["output_tokens_details"] == {"reasoning_tokens": 3}
    assert usage["output_tokens"] == 5


def test_a_summary_says_what_it_is():
    whole, made = both(["a", "b", "END"], ["b", "END"], thinks=9, summary="auto")
    steps = ["part.added", "text.delta", "text.done", "part.done"]
    summary = [f"reasoning_summary_{step}" for step in steps]
    assert kinds(made)[2:8] == ["output_item.added", *summary, "output_item.done"]
    (part,) = whole["output"][0]["summary"]
    assert "simulated" in part["text"]
    assert "3" in part["text"]


def test_a_summary_counts_tokens_only():
    """Here the last of them is half a character, whose text comes when nothing follows."""
    whole, _ = both(["a", "ha"], ["b", "END"], thinks=2, summary="concise")
    assert whole["output"][0]["summary"][0]["text"].endswith(" 2.")


def test_calls_after_thoughts():
    """Whether it calls is decided after the thoughts."""
    whole, made = both(["a", "END"], TWO, thinks=9, calls=None)
    types = [item["type"] for item in whole["output"]]
    assert types == ["reasoning", "function_call", "function_call"]
    thought = ["output_item.added", "output_item.done"]
    assert kinds(made) == [*BEGIN, *thought, *CALL, *CALL, "completed"]


@pytest.mark.parametrize("filtered", [False, True])
def test_a_budget_that_goes_on_thinking(filtered):
    fields = {"limit": 2, "thinks": 9, "summary": "auto", "filtered": filtered}
    whole, made = both(["a", "b"], **fields)
    (item,) = whole["output"]
    assert (item["type"], item["status"]) == ("reasoning", "incomplete")
    assert made[-1]["type"] == "response.incomplete"
    assert whole["usage"]["output_tokens"] == 2


def test_nothing_said_after_thoughts_is_still_a_message():
    whole, _ = both(["a", "END"], ["END"], thinks=9)
    assert [item["type"] for item in whole["output"]] == ["reasoning", "message"]
    assert whole["status"] == "completed"


def test_every_item_has_an_id_of_its_own():
    made = [answered(draft_of(["a"], ["b", "END"], thinks=1)) for _ in range(3)]
    ids = [item["id"] for whole in made for item in whole["output"]]
    assert len(set(ids)) == 6


def test_a_whole_answer_is_one_call_to_the_engine():
    draft = draft_of(["a", "b", "END"])
    answered(draft)
    assert draft.job.model.engine.asked == ["complete"]


@pytest.mark.parametrize("calls", [False, True])
def test_the_lengths_of_deltas_are_hidden_where_that_is_asked_for(calls):
    turn = TWO if calls else ["a", "b", "END"]
    for asked in (True, False):
        chat = {"stream": True, "include_obfuscation": asked}
        made = streamed(draft_of(turn, calls=calls, chat=chat))
        padded = [event for event in made if "obfuscation" in event]
        deltas = [event for event in made if "delta" in event]
        assert padded == (deltas if asked else [])
        for event in padded:
            assert (len(event["delta"]) + len(event["obfuscation"])) % 16 == 0


def test_every_token_with_text_is_a_delta():
    made = streamed(draft_of(["a", "nothing", "b", "a", "END"], chat={"stream": True}))
    deltas = [event["delta"] for event in made if event["type"].endswith("delta")]
    assert deltas == ["a", " b", "a"]
