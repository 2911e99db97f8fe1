"""A stream's events joined into the response that the plain call gives."""

import pytest
from fake_endpoint import fake, sse
from fake_responses import answer, body, event, function_call, message, reasoning, text_events

from samplers.api import Response, StreamBroken, accumulate


def joined(*parts):
    return accumulate(fake(sse(*parts)).respond_stream("x"))


def test_it_is_the_response_of_the_plain_call():
    response = joined(*text_events("hel", "lo")).read()
    assert response == fake(answer()).respond("x")


def test_what_has_come_so_far():
    stream = joined(*text_events("a", "b", "c"))
    texts = []
    for _ in stream:
        texts.append((stream.completion.text, stream.completion.status))
    assert texts[3:6] == [("a", "in_progress"), ("ab", "in_progress"), ("abc", "in_progress")]
    assert texts[-1] == ("abc", "completed")
    assert stream.completion.usage.reasoning_tokens == 3


def test_an_output_that_the_last_event_leaves_out_is_put_together():
    """Some servers send response.completed with an empty output."""
    call = function_call(arguments="")
    parts = [
        event("response.created", response={"id": "resp_9", "status": "in_progress"}),
        event("response.output_item.added", output_index=0, item=reasoning()),
        event("response.reasoning_summary_text.delta", output_index=0, delta="I "),
        event("response.reasoning_summary_text.delta", output_index=0, delta="think."),
        event("response.output_item.added", output_index=1, item=message(content=[])),
        event("response.output_text.delta", output_index=1, delta="Look: "),
        event("response.output_item.added", output_index=2, item=call),
        event("response.function_call_arguments.delta", output_index=2, delta='{"city":'),
        event("response.output_text.delta", output_index=1, delta="so."),
        event("response.function_call_arguments.delta", output_index=2, delta=' "Paris"}'),
        event("response.completed", response={"output": [], "usage": None}),
    ]
    response = joined(*parts).read()
    assert (response.id, response.status, response.text) == ("resp_9", "completed", "Look: so.")
    assert [item.type for item in response.items] == ["reasoning", "message", "function_call"]
    assert response.items[0].summary == "I think."
    assert response.tool_calls[0].arguments == '{"city": "Paris"}'
    assert response.tool_calls[0].id == "call_0"


def test_items_that_are_told_apart_by_their_ids_alone():
    """llama.cpp's server of 2026-11-30 sends no output_index."""
    parts = [
        event("response.output_item.added", item=message(id="msg_a", content=[])),
        event("response.output_text.delta", item_id="msg_a", delta="one "),
        event("response.output_item.added", item=message(id="msg_b", content=[])),
        event("response.output_text.delta", item_id="msg_b", delta="two"),
        event("response.refusal.delta", item_id="msg_b", delta="No."),
    ]
    with pytest.raises(StreamBroken) as caught:
        joined(*parts).read()
    response = caught.value.completion
    assert (response.text, response.refusal) == ("one two", "No.")
    assert [item.id for item in response.items] == ["msg_a", "msg_b"]


def test_an_item_that_is_done_counts_and_not_its_deltas():
    parts = [
        event("response.output_text.delta", output_index=0, delta="heard wrong"),
        event("response.output_item.done", output_index=0, item=message("right")),
        event("response.incomplete", response={"incomplete_details": {"reason": "content_filter"}}),
    ]
    response = joined(*parts).read()
    assert (response.text, response.status) == ("right", "incomplete")
    assert response.finish_reason == "content_filter"


ADDED = event("response.output_item.added", output_index=0, item=message(id="m", content=[]))
END = event("response.completed", response={"status": "completed", "output": []})


def test_an_item_has_one_place_by_its_index_or_its_id():
    parts = [
        ADDED,
        event("response.output_text.delta", item_id="m", delta="a"),
        event("response.output_text.delta", output_index=0, delta="b"),
    ]
    response = joined(*parts, END).read()
    assert (response.text, len(response.items)) == ("ab", 1)
    response = joined(parts[1], ADDED, parts[2], END).read()
    assert (response.text, len(response.items)) == ("ab", 1)


def test_items_stand_by_their_index():
    parts = [
        event("response.output_text.delta", output_index=i, item_id=f"m{i}", delta=str(i))
        for i in (2, 0, 1)
    ]
    assert joined(*parts, END).read().text == "012"


def test_an_item_that_is_done_without_its_content_has_that_of_its_deltas():
    parts = [
        ADDED,
        event("response.output_text.delta", output_index=0, delta="a"),
        event("response.output_item.done", output_index=0, item=message(id="m", content=[])),
    ]
    assert joined(*parts, END).read().text == "a"


def test_an_event_of_another_kind_makes_no_item():
    other = event("response.web_search_call.searching", output_index=1, item_id="ws")
    response = joined(ADDED, other, END).read()
    assert [item.id for item in response.items] == ["m"]


def test_text_that_names_no_item_is_kept():
    delta = event("response.output_text.delta", delta="a")
    assert joined(delta, delta, END).read().text == "aa"


def test_how_a_stream_ended_counts_where_its_response_has_no_status():
    begun = event("response.created", response={"id": "r", "status": None})
    stream = joined(begun, event("response.incomplete", response={"id": "r", "status": None}))
    last = [(stream.completion.status, e.response.status) for e in stream][-1]
    assert last == ("incomplete", "incomplete")
    stream = joined(begun, ADDED, END)
    assert next(stream).type == "response.created"
    assert stream.completion.status == "in_progress"


def test_one_that_broke_before_anything_came_is_a_response():
    for parts in ([event("error", message="no")], [b""]):
        stream = joined(*parts)
        with pytest.raises(StreamBroken) as caught:
            stream.read()
        assert isinstance(stream.completion, Response)
        assert isinstance(caught.value.completion, Response)
        assert caught.value.completion.status == "in_progress"


def test_logprobs_of_deltas():
    entry = {"token": "a", "bytes": [97], "logprob": -1.0, "top_logprobs": []}
    part = event("response.output_text.delta", output_index=0, delta="a", logprobs=[entry])
    stream = joined(part, event("response.completed", response={"status": "completed"}))
    assert [e.logprobs[0].logprob for e in stream if e.text] == [-1.0]
    assert stream.completion.logprobs[0].bytes == b"a"


def test_what_is_no_stream_of_ours():
    with pytest.raises(ValueError, match=r"chunks must be those of client\.stream"):
        accumulate(["a"]).read()
    assert isinstance(joined(*text_events("a")).read(), Response)
    assert body()["status"] == "completed"
