"""The loop of a model with tools by Responses: the same runs, and what it sends."""

import dataclasses

import httpx
import pytest
from fake_endpoint import completion
from fake_responses import answer, function_call, message, reasoning
from scripted_model import ScriptedModel, calls, weather

from samplers.api import RateLimitError, Usage, run_tools
from samplers.api.abilities import SAMPLERS, UNKNOWN

PARIS = '{"city": "Paris"}'
RESULT = {
    "type": "function_call_output",
    "call_id": "call_0",
    "output": '{"city":"Paris","sky":"clear"}',
}
QUESTION = {"type": "message", "role": "user", "content": "Is it clear in Paris?"}


def model_of(*answers, stores=False) -> ScriptedModel:
    """A model at an endpoint that keeps its responses, or where nobody knows."""
    model = ScriptedModel(*answers)
    calls = model.client.endpoint._kept.setdefault("m", {})
    calls["abilities"] = SAMPLERS if stores else UNKNOWN
    return model


def looked(*items, id="resp_1"):
    return answer(*(items or [function_call()]), id=id)


def test_it_is_the_run_that_chat_gives():
    by_chat = ScriptedModel(calls(("weather", PARIS)), completion("Yes.")).run(max_rounds=3)
    by_responses = model_of(looked(), answer(message("Yes."))).run(api="responses", max_rounds=3)
    for run in (by_chat, by_responses):
        assert (run.ended, run.text, len(run.rounds)) == ("answer", "Yes.", 2)
        (result,) = run.rounds[0].results
        assert (result.call.id, result.content, result.error) == ("call_0", RESULT["output"], None)
    assert by_responses.usage == Usage(20, 10, 30, 8, 4, 6, 8)


def test_all_items_are_sent_again_where_nothing_is_kept():
    thought = reasoning(id="rs_0")
    kept = reasoning(id="rs_1", encrypted_content="opaque")
    first = looked(thought, kept, message("Let me look."), function_call())
    model = model_of(first, answer(message("Yes.")))
    run = model.run(api="responses", temperature=0)

    one, two = model.bodies
    assert one["input"] == [QUESTION]
    assert two["input"] == [QUESTION, kept, message("Let me look."), function_call(), RESULT]
    assert list(run.messages) == [*two["input"], message("Yes.")]
    for body in model.bodies:
        assert "previous_response_id" not in body
        assert body["temperature"] == 0
        names = [(tool["type"], tool["name"], tool["strict"]) for tool in body["tools"]]
        assert names == [("function", "weather", True), ("function", "calculator", True)]


def test_only_the_results_are_sent_where_responses_are_kept():
    first = looked(reasoning(), function_call())
    model = model_of(first, looked(id="resp_2"), answer(message("Yes.")), stores=True)
    run = model.run(api="responses", instructions="Be brief.")
    assert [body["input"] for body in model.bodies] == [[QUESTION], [RESULT], [RESULT]]
    previous = [body.get("previous_response_id") for body in model.bodies]
    assert previous == [None, "resp_1", "resp_2"]
    assert {body["instructions"] for body in model.bodies} == {"Be brief."}
    kinds = [item.get("type", "message") for item in run.messages]
    call = ["function_call", "function_call_output"]
    assert kinds == ["message", "reasoning", *call, *call, "message"]


def test_a_response_without_an_id_is_sent_again_and_not_gone_on_from():
    model = model_of(looked(), looked(id=None), answer(message("Yes.")), stores=True)
    model.run(api="responses", previous="resp_0")
    previous = [body.get("previous_response_id") for body in model.bodies]
    assert previous == ["resp_0", "resp_1", "resp_0"]
    call = function_call()
    assert model.bodies[2]["input"] == [QUESTION, call, RESULT, call, RESULT]


def test_with_store_false_all_items_are_sent_there_too():
    model = model_of(looked(), answer(message("Yes.")), stores=True)
    model.run(api="responses", store=False)
    assert len(model.bodies[1]["input"]) == 3
    assert all(body["store"] is False for body in model.bodies)


@pytest.mark.parametrize("stores", [True, False])
def test_it_goes_on_from_an_earlier_response(stores):
    model = model_of(looked(), answer(message("Yes.")), stores=stores)
    model.run(api="responses", previous="resp_0")
    previous = [body["previous_response_id"] for body in model.bodies]
    assert previous == ["resp_0", "resp_1" if stores else "resp_0"]


def test_a_forced_call_is_forced_once_and_flat():
    forced = {"type": "function", "function": {"name": "weather"}}
    for given in (forced, {"type": "function", "name": "weather"}):
        model = model_of(looked(), answer(message("Yes.")))
        model.run(api="responses", tool_choice=given)
        choices = [body["tool_choice"] for body in model.bodies]
        assert choices == [{"type": "function", "name": "weather"}, "auto"]


def test_what_is_left_of_the_tokens_goes_along_and_16_are_the_least():
    model = model_of(looked(), answer(message("Yes.")))
    model.run(api="responses", max_tokens=100)
    assert [body["max_output_tokens"] for body in model.bodies] == [100, 95]

    run = model_of(looked()).run(api="responses", max_tokens=20)  # 15 are left
    assert run.ended == "tokens"
    assert "limit on tokens" in run.rounds[0].results[0].error
    with pytest.raises(ValueError, match="max_tokens must be an int >= 16, got 15"):
        model_of().run(api="responses", max_tokens=15)


def test_a_cut_answer_and_a_refusal_end_it():
    cut = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    run = model_of(answer(function_call(arguments='{"ci'), **cut)).run(api="responses")
    assert run.ended == "tokens"
    assert run.messages[-1]["type"] == "function_call_output"  # the conversation can go on
    refusal = message(content=[{"type": "refusal", "refusal": "I can't."}])
    run = model_of(answer(refusal)).run(api="responses")
    assert (run.ended, run.text) == ("refusal", "I can't.")


def test_a_chats_messages_become_items():
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Rome?"}]},
        {"role": "assistant", "content": "Let me look.", "tool_calls": [a_call()]},
        {"role": "tool", "tool_call_id": "call_9", "content": "sunny"},
        {"role": "assistant", "content": None, "refusal": "No."},
        {"role": "user", "content": QUESTION["content"]},
    ]
    before = [dict(m) for m in messages]
    model = model_of(answer(message("Yes.")))
    run_tools(model.client, messages, [weather], api="responses")
    assert messages == before
    assert model.bodies[0]["input"] == [
        said("system", "Be brief."),
        said("user", [{"type": "input_text", "text": "Rome?"}]),
        said("assistant", "Let me look."),
        {"type": "function_call", "call_id": "call_9", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_9", "output": "sunny"},
        said("assistant", [{"type": "refusal", "refusal": "No."}]),
        QUESTION,
    ]


def said(role: str, content) -> dict:
    return {"type": "message", "role": role, "content": content}


def a_call() -> dict:
    function = {"name": "weather", "arguments": "{}"}
    return {"id": "call_9", "type": "function", "function": function}


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        ([{"role": "user", "content": [{"type": "input_audio"}]}], "must be text or images"),
        ([{"role": "assistant", "audio": {"id": "a"}}], "must have no audio"),
        ([{"role": "function", "name": "f", "content": "x"}], "must have a role of user"),
        ([{"content": "x"}], "must have a role"),
        (["x"], "must be a str or a list of messages"),
        ([], "must be a str or a list of messages"),
    ],
)
def test_what_no_item_can_be(messages, says):
    with pytest.raises(ValueError, match=f"messages {says}"):
        run_tools(model_of().client, messages, [weather], api="responses")


def test_pictures_become_parts_of_items():
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA", "detail": "low"}}
    model = model_of(answer(message("Yes.")))
    run_tools(model.client, [{"role": "user", "content": [image]}], [weather], api="responses")
    (item,) = model.bodies[0]["input"]
    part = {"type": "input_image", "image_url": "data:image/png;base64,AA", "detail": "low"}
    assert item["content"] == [part]


def test_an_error_has_the_transcript():
    model = model_of(looked(), httpx.Response(429, json={"error": {"message": "slow"}}))
    with pytest.raises(RateLimitError) as caught:
        model.run(api="responses")
    assert [m.get("type") for m in caught.value.transcript[1:]] == [
        "function_call",
        "function_call_output",
    ]


@pytest.mark.parametrize("api", ["Responses", None, 1])
def test_what_is_no_api(api):
    with pytest.raises(ValueError, match="api must be one of chat, responses"):
        model_of().run(api=api)


def test_names_that_the_loop_sets_itself():
    names = ("background", "conversation", "input", "previous_response_id")
    for name in ("max_output_tokens", "timeout", "stream", "n", *names):
        with pytest.raises(ValueError, match=f"{name} must be left out"):
            model_of().run(api="responses", **{name: 16})
    run = model_of(answer(message("Yes."))).run(api="responses")
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.rounds[0].completion.text = ""
