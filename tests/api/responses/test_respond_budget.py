"""What a call by Responses can cost is known before it is sent, and what it did cost after."""

import json
from decimal import Decimal

import httpx
import pytest
from example_images import file_of, part_of, written
from fake_endpoint import fake, sse
from fake_responses import answer, body, event, function_call, reasoning, text_events

from samplers.api import APIError, Budget, BudgetExceeded, NotFoundError, StreamBroken
from samplers.api.pricing.bound import ANSWER_OVERHEAD, MESSAGE_OVERHEAD, upper_bound
from samplers.api.responses import known

OPENAI = "https://api.openai.com/v1"
LUNA = "gpt-6-luna"  # USD for a million tokens: 0.10 in, 0.125 written, 0.01 cached, 0.50 out
OUT = Decimal("0.50") / 1_000_000
WRITTEN = Decimal("0.125") / 1_000_000
USAGE = {
    "input_tokens": 1000,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens": 400,
    "output_tokens_details": {"reasoning_tokens": 300},
    "total_tokens": 1400,
}
COST = (1000 * Decimal("0.10") + 400 * Decimal("0.50")) / 1_000_000
LATER = {"status": "queued", "output": [], "usage": None}


class Paid:
    """OpenAI's address, where a test writes the answers, each by its method and path."""

    def __init__(self, *answers: httpx.Response, limit=1.0, counted=200):
        self.requests: list[tuple[str, dict]] = []
        self._answers = iter(answers)
        self._counted = counted
        self.budget = Budget(limit)
        self.client = fake(
            self._answer, LUNA, OPENAI, "key-of-nobody", budget=self.budget, max_retries=0
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content or "{}")
        self.requests.append((f"{request.method} {request.url.path}", sent))
        if not request.url.path.endswith("/input_tokens"):
            return next(self._answers)
        if isinstance(self._counted, httpx.Response):
            return self._counted
        return httpx.Response(
            200, json={"object": "response.input_tokens", "input_tokens": self._counted}
        )

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


def test_reasoning_is_output_and_is_paid_for():
    paid = Paid(answer(usage=USAGE))
    response = paid.client.respond("x", max_output_tokens=500, reasoning={"effort": "low"})
    assert response.usage.reasoning_tokens == 300
    assert (paid.budget.spent, paid.budget.held) == (COST, 0)
    ((_, sent),) = paid.requests
    assert sent["service_tier"] == "default"


def test_a_stream_is_paid_for_too():
    paid = Paid(sse(*text_events("hi", usage=USAGE)))
    list(paid.client.respond_stream("x", max_output_tokens=500))
    assert (paid.budget.spent, paid.budget.held) == (COST, 0)

    paid = Paid(sse(*text_events("hi")[:4]))
    with pytest.raises(StreamBroken):
        list(paid.client.respond_stream("x", max_output_tokens=500))
    assert paid.budget.held == upper_bound(paid.requests[0][1])


def test_the_bound_is_by_hand():
    sent = {"model": LUNA, "input": "x", "max_output_tokens": 100}
    as_item = sent | {"input": [{"role": "user", "content": "x"}]}
    prompt = len(json.dumps(as_item)) + MESSAGE_OVERHEAD + ANSWER_OVERHEAD
    assert upper_bound(sent) == prompt * WRITTEN + 100 * OUT
    assert upper_bound(as_item) == upper_bound(sent)
    assert upper_bound(sent, inherited=1000) - upper_bound(sent) == 1000 * WRITTEN


def test_a_chained_call_is_bounded_by_what_the_previous_one_read_and_wrote():
    paid = Paid(answer(usage=USAGE), httpx.Response(500))
    first = paid.client.respond("x", max_output_tokens=500)
    with pytest.raises(APIError):
        paid.client.respond("y", previous=first, max_output_tokens=16)
    around = MESSAGE_OVERHEAD + ANSWER_OVERHEAD
    _, sent = paid.requests[1]
    assert paid.budget.held == upper_bound(sent, inherited=1400 + around)
    assert paid.paths == ["POST /v1/responses"] * 2  # nothing had to be counted


def test_the_budget_refuses_a_chained_call_that_would_exceed_it():
    """Alone the second call would fit."""
    paid = Paid(answer(usage=USAGE | {"input_tokens": 900_000}), limit=0.25)
    sent = {"model": LUNA, "input": "y", "max_output_tokens": 16}
    first = paid.client.respond("x", max_output_tokens=16)
    assert upper_bound(sent) < paid.budget.left
    with pytest.raises(BudgetExceeded):
        paid.client.respond("y", previous=first, max_output_tokens=16)
    with pytest.raises(BudgetExceeded, match="max_output_tokens"):
        next(paid.client.respond_stream("y", previous=first, max_output_tokens=16))
    assert len(paid.requests) == 1


@pytest.mark.parametrize(
    "params",
    [{"model": "gpt-4o-mini"}, {"reasoning": {"effort": "low", "context": "all_turns"}}],
)
def test_what_may_read_more_than_the_previous_one_did_is_counted(params):
    """Another model has other tokens, and another context other thoughts."""
    paid = Paid(answer(usage=USAGE), httpx.Response(500), counted=5_000)
    first = paid.client.respond("x", max_output_tokens=500)
    with pytest.raises(APIError):
        paid.client.respond("y", previous=first, max_output_tokens=16, **params)
    (counted, _), (_, sent) = paid.requests[1:]
    assert counted == "POST /v1/responses/input_tokens"
    assert paid.budget.held == upper_bound(sent, inherited=5_000 + ANSWER_OVERHEAD)


def test_thoughts_that_the_previous_one_was_told_to_forget_are_counted():
    """The next one may read them again, unless it is told the same."""
    forget = {"reasoning": {"context": "current_turn"}}
    paid = Paid(answer(usage=USAGE), httpx.Response(500), httpx.Response(500), counted=5_000)
    first = paid.client.respond("x", max_output_tokens=500, **forget)
    for params in (forget, {}):
        with pytest.raises(APIError):
            paid.client.respond("y", previous=first, max_output_tokens=16, **params)
    (same, _), (counted, _), _ = paid.requests[1:]
    assert same == "POST /v1/responses"
    assert counted == "POST /v1/responses/input_tokens"


def test_a_usage_of_zeros_at_first_is_not_known():
    """So the next one is counted, where a stream broke off."""
    zeros = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    begun = event("response.created", response=body(id="r", status="in_progress", usage=zeros))
    paid = Paid(sse(begun), httpx.Response(500))
    with pytest.raises(StreamBroken):
        list(paid.client.respond_stream("x", max_output_tokens=16))
    with pytest.raises(APIError):
        paid.client.respond("y", previous="r", max_output_tokens=16)
    assert "POST /v1/responses/input_tokens" in paid.paths


@pytest.mark.parametrize(
    ("given", "params"),
    [
        ("x", {"previous": "resp_of_another"}),
        ("x", {"conversation": "conv_1"}),
        ([{"type": "item_reference", "id": "msg_1"}], {}),
        ([reasoning(encrypted_content="opaque")], {}),
    ],
)
def test_what_the_body_does_not_show_is_counted_first(given, params):
    paid = Paid(httpx.Response(500), counted=5_000)
    with pytest.raises(APIError):
        paid.client.respond(given, max_output_tokens=16, metadata={"a": "b"}, **params)
    (counted, fields), (path, sent) = paid.requests
    assert counted == "POST /v1/responses/input_tokens"
    assert fields["input"] == sent["input"]
    assert "metadata" not in fields
    assert "max_output_tokens" not in fields
    assert path == "POST /v1/responses"
    assert paid.budget.held == upper_bound(sent, inherited=5_000 + ANSWER_OVERHEAD)


def test_what_is_counted_can_be_refused():
    paid = Paid(counted=10_000_000)
    with pytest.raises(BudgetExceeded):
        paid.client.respond("x", previous="resp_of_another", max_output_tokens=16)
    assert paid.paths == ["POST /v1/responses/input_tokens"]


def test_what_cannot_be_counted_is_not_sent():
    missing = httpx.Response(404, json={"error": {"message": "Response with id 'r' not found."}})
    paid = Paid(counted=missing)
    with pytest.raises(NotFoundError, match="not found"):
        paid.client.respond("x", previous="r", max_output_tokens=16)
    for odd in ({"tokens": 3}, {"input_tokens": True}, {"input_tokens": "many"}, [3]):
        paid = Paid(counted=httpx.Response(200, json=odd))
        with pytest.raises(APIError, match="cannot be read"):
            paid.client.respond("x", previous="r", max_output_tokens=16)
    assert paid.paths == ["POST /v1/responses/input_tokens"]
    assert paid.budget.held == 0


def test_a_response_that_was_looked_up_is_known():
    paid = Paid(answer(usage=USAGE, id="resp_old", model=LUNA), httpx.Response(500))
    paid.client.response("resp_old")
    with pytest.raises(APIError):
        paid.client.respond("y", previous="resp_old", max_output_tokens=16)
    assert paid.paths == ["GET /v1/responses/resp_old", "POST /v1/responses"]


def test_of_very_many_responses_the_oldest_is_forgotten_and_counted(monkeypatch):
    monkeypatch.setattr(known, "MOST", 2)
    answers = [answer(usage=USAGE, id=f"resp_{i}", model=LUNA) for i in range(3)]
    paid = Paid(*answers, *[httpx.Response(500)] * 2)
    for i in range(3):
        paid.client.response(f"resp_{i}")
    for i, counted in ((0, True), (2, False)):
        del paid.requests[:]
        with pytest.raises(APIError):
            paid.client.respond("y", previous=f"resp_{i}", max_output_tokens=16)
        assert ("POST /v1/responses/input_tokens" in paid.paths) == counted


@pytest.mark.parametrize(
    "params",
    [
        {"tools": [{"type": "web_search"}]},
        {"prompt": {"id": "pmpt_1"}},
        {"moderation": {"mode": "score"}},
        {"service_tier": "priority"},
        {"reasoning": {"mode": "pro"}},
        {"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}]},
        {"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]},
        {"input": [function_call(output=[{"type": "input_image", "image_url": "http://a.b"}])]},
        {"input": [{"type": "computer_call_output", "output": {}}]},
        {"input": [{"type": None, "role": "user", "content": "x"}]},
        {"input": [function_call(output=[{"type": "input_file", "file_url": "http://a.b"}])]},
        {"model": "gpt-9"},
    ],
)
def test_what_has_no_bound_is_not_sent(params):
    paid = Paid()
    params = {"max_output_tokens": 16} | params
    with pytest.raises(ValueError, match=r"priced|bound|paid call|price is known|a data URL"):
        paid.client.respond(params.pop("input", "x"), **params)
    assert paid.requests == []


def test_a_picture_is_counted_by_its_size_and_not_by_its_bytes():
    picture = part_of(file_of(written()), "high")["image_url"]
    part = {"type": "input_image", "image_url": picture["url"], "detail": "high"}
    sent = {"model": "gpt-4o-mini", "max_output_tokens": 16, "input": "a"}
    chat = {"model": "gpt-4o-mini", "max_tokens": 16}
    bounds = [
        upper_bound(sent | {"input": [{"role": "user", "content": parts}]})
        for parts in ([], [part], [part, part])
    ]
    chats = [
        upper_bound(chat | {"messages": [{"role": "user", "content": parts}]})
        for parts in ([], [{"type": "image_url", "image_url": picture}])
    ]
    around = 100 * Decimal("0.15") / 1_000_000
    assert abs((bounds[1] - bounds[0]) - (chats[1] - chats[0])) < around
    assert bounds[2] - bounds[1] > chats[1] - chats[0] - around

    result = {"type": "function_call_output", "call_id": "c"}
    outputs = [upper_bound(sent | {"input": [result | {"output": o}]}) for o in ([], [part])]
    assert abs((outputs[1] - outputs[0]) - (chats[1] - chats[0])) < around


def test_what_runs_in_the_background_stays_held_until_it_says_what_it_used():
    paid = Paid(
        answer(id="resp_b", background=True, **LATER),
        answer(id="resp_b", **LATER | {"status": "in_progress"}),
        answer(id="resp_b", usage=USAGE),
        answer(id="resp_b", usage=USAGE),
    )
    client = paid.client
    response = client.respond("x", background=True, max_output_tokens=500)
    assert (response.status, response.is_finished) == ("queued", False)
    held = upper_bound(paid.requests[0][1])
    assert (paid.budget.held, paid.budget.spent) == (held, 0)
    assert client.response(response).status == "in_progress"
    assert paid.budget.held == held
    assert client.response(response).text == "hello"
    assert (paid.budget.held, paid.budget.spent) == (0, COST)
    client.response(response)
    assert (paid.budget.held, paid.budget.spent) == (0, COST)  # once


def test_a_paid_stream_is_not_made_in_the_background():
    """Where it breaks off it goes on, and nothing would say what it cost."""
    paid = Paid()
    with pytest.raises(ValueError, match="background must be left out of a paid stream"):
        list(paid.client.respond_stream("x", background=True, max_output_tokens=16))
    assert paid.requests == []


def test_one_without_usage_stays_held():
    paid = Paid(answer(usage=None))
    paid.client.respond("x", max_output_tokens=16)
    assert paid.budget.held == upper_bound(paid.requests[0][1])
    assert body()["usage"] is not None
