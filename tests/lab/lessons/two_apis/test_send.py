"""A body that was answered is not sent again; one that was refused is."""

import httpx
import pytest

from samplers.lab.lessons.exercises.plain import AnswerError
from samplers.lab.lessons.two_apis.send import send


def test_an_answer_is_kept_and_an_error_is_not(client, monkeypatch):
    asked = {"model": client.model, "max_completion_tokens": 1}
    asked["messages"] = [{"role": "user", "content": "Is this body sent once?"}]
    refused = asked | {"max_completion_tokens": 0}
    status, answer = send(client, "Chat", asked)
    assert status == 200
    assert send(client, "Chat", refused)[0] == 400

    def gone(*args, **options):
        raise httpx.ConnectError("gone")

    monkeypatch.setattr(httpx, "post", gone)
    assert send(client, "Chat", dict(asked)) == (200, answer)
    with pytest.raises(AnswerError):
        send(client, "Chat", refused)
    with pytest.raises(AnswerError):
        send(client, "Responses", asked)
