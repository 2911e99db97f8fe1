"""How `truncation: auto` looks for what must go: 60,000 messages are not built in each round."""

import asyncio
from dataclasses import fields
from types import SimpleNamespace

from samplers.local.dialects.responses.request import fitting
from samplers.local.dialects.responses.request.asked import ResponseRequest

CONTEXT = 100
FITTING = 40  # messages that fit


def said(number: int, content="Hi") -> dict:
    role = "assistant" if number % 2 else "user"
    return {"type": "message", "id": f"msg_{number}", "role": role, "content": content}


def fitted(monkeypatch, items: list[dict]) -> tuple[list[str], list[int]]:
    """What the messages say that are left, and how many items were looked at in each round."""
    engine = SimpleNamespace(context=CONTEXT, vocabulary=SimpleNamespace(longest=10))
    nothing = dict.fromkeys(field.name for field in fields(ResponseRequest))
    given = {"model": SimpleNamespace(engine=engine), "items": tuple(items), "truncates": True}
    looked_at = []

    def chat_request(asked: ResponseRequest, read: list[dict]):
        assert asked.items == tuple(read)
        looked_at.append(len(read))
        return SimpleNamespace(messages=[item["content"] for item in read if "content" in item])

    async def fits(asked, request, room) -> bool:
        return len(request.messages) <= FITTING

    monkeypatch.setattr(fitting, "chat_request", chat_request)
    monkeypatch.setattr(fitting, "_fits", fits)
    request = asyncio.run(fitting.fitting(ResponseRequest(**nothing | given), items))
    return request.messages, looked_at


def test_what_could_never_fit_is_looked_at_once(monkeypatch):
    items = [said(number, f"{number}") for number in range(5000)]
    left, looked_at = fitted(monkeypatch, items)
    assert left == [item["content"] for item in items[-FITTING:]]
    assert looked_at[0] == 5000
    assert max(looked_at[1:]) <= CONTEXT


def test_long_texts_count_by_their_letters(monkeypatch):
    parts = [{"type": "input_text", "text": "x" * 2000}, {"type": "input_image"}]
    items = [said(number, parts) for number in range(200)]
    items += [said(number) for number in range(200, 250)]
    left, looked_at = fitted(monkeypatch, items)
    assert left == ["Hi"] * FITTING
    assert max(looked_at[1:]) <= 50


def test_a_call_and_its_output_go_together(monkeypatch):
    call = {"type": "function_call", "id": "fc_1", "call_id": "a"}
    output = {"type": "function_call_output", "id": "fco_1", "call_id": "a", "output": "x" * 2000}
    items = [call, *[said(number) for number in range(20)], output, said(20), said(21)]
    left, looked_at = fitted(monkeypatch, items)
    assert left == ["Hi"] * 22
    assert looked_at == [24]


def test_a_few_too_many(monkeypatch):
    items = [said(number, f"{number}") for number in range(FITTING + 3)]
    left, _ = fitted(monkeypatch, items)
    assert left == [item["content"] for item in items[3:]]
