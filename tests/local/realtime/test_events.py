"""A session's events, but for responses: settings, items, sound, and what is wrong."""

import json

import pytest


def test_settings(session):
    sound = {"transcription": {"prompt": "ill-disposed"}, "turn_detection": None}
    update = {"instructions": "Be brief.", "max_output_tokens": 7, "audio": {"input": sound}}
    session.send("session.update", session={"type": "realtime", **update})
    updated = session.receive()["session"]
    assert updated["instructions"] == "Be brief."
    assert updated["max_output_tokens"] == 7
    heard = {"model": "whisper-tiny.en", "language": "en", "prompt": "ill-disposed"}
    assert updated["audio"]["input"]["transcription"] == heard

    session.send("session.update", session={"type": "realtime", "max_output_tokens": "inf"})
    again = session.receive()["session"]
    assert again == updated | {"max_output_tokens": "inf"}


def test_items(session):
    """Each one comes with the one before it; the first has null, which is not missing."""
    session.say("one")
    added, done = session.until("conversation.item.done")
    assert added["previous_item_id"] is None
    assert {**done, "type": added["type"], "event_id": added["event_id"]} == added
    one = added["item"]
    assert one["content"] == [{"type": "input_text", "text": "one"}]

    session.say("two")
    two = session.until("conversation.item.done")[-1]
    assert two["previous_item_id"] == one["id"]
    session.say("zero", previous_item_id="root")
    assert session.until("conversation.item.done")[-1]["previous_item_id"] is None
    session.say("half", previous_item_id=one["id"])
    assert session.until("conversation.item.done")[-1]["previous_item_id"] == one["id"]

    session.send("conversation.item.retrieve", item_id=one["id"])
    assert session.receive()["item"] == one
    session.send("conversation.item.delete", item_id=one["id"])
    assert session.receive()["item_id"] == one["id"]
    session.send("conversation.item.retrieve", item_id=one["id"], event_id="e")
    assert session.error()["code"] == "item_not_found"


def test_a_clients_own_id(session):
    item = {"type": "message", "role": "system", "id": "mine"}
    item["content"] = [{"type": "input_text", "text": "Hi"}]
    session.send("conversation.item.create", item=item)
    assert session.until("conversation.item.done")[-1]["item"]["id"] == "mine"
    session.send("conversation.item.create", item=item)
    assert session.error()["code"] == "item_create_duplicate_item_id"


def test_sound_without_the_packages(session, monkeypatch):
    monkeypatch.setattr("samplers.local.request.senses.find_spec", lambda name: None)
    session.send("input_audio_buffer.append", audio="AAAA", event_id="e3")
    error = session.error()
    assert (error["code"], error["event_id"]) == ("not_installed", "e3")
    assert "make senses" in error["message"]
    session.say("The rest works.")
    assert session.until("conversation.item.done")[-1]["type"] == "conversation.item.done"


def update(**settings) -> dict:
    return {"type": "session.update", "session": {"type": "realtime", **settings}}


def create(part: dict, role: str = "user") -> dict:
    item = {"type": "message", "role": role, "content": [part]}
    return {"type": "conversation.item.create", "item": item}


IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AA"}
WRONG = [  # an event, and its error's param and code
    ({}, "type", "missing_required_parameter"),
    ({"type": "nope"}, "type", "invalid_value"),
    ({"type": ["session.update"]}, "type", "invalid_type"),
    ({"type": "session.update"}, "session", "missing_required_parameter"),
    ({"type": "session.update", "session": {}}, "session.type", "missing_required_parameter"),
    ({"type": "session.update", "session": []}, "session", "invalid_type"),
    (update(temperature=1), "session.temperature", "unknown_parameter"),
    (update(model="gpt-realtime"), "session.model", "unsupported_parameter"),
    (update(tools=[{}]), "session.tools", "unsupported_parameter"),
    (update(max_output_tokens=0), "session.max_output_tokens", "integer_below_min_value"),
    (update(max_output_tokens="all"), "session.max_output_tokens", "invalid_type"),
    (update(output_modalities=["audio"]), "session.output_modalities", "unsupported_parameter"),
    (update(audio={"output": {"voice": "cedar"}}), "session.audio.output", None),
    (update(audio={"input": {"turn_detection": {}}}), "session.audio.input.turn_detection", None),
    (
        update(audio={"input": {"format": {"type": "audio/pcmu"}}}),
        "session.audio.input.format.type",
        "invalid_value",
    ),
    (
        update(audio={"input": {"transcription": {"model": "whisper-1"}}}),
        "session.audio.input.transcription.model",
        "invalid_value",
    ),
    (create(IMAGE), "item.content[0].type", "unsupported_parameter"),
    (create({"type": "output_text", "text": ""}), "item.content[0].type", "invalid_value"),
    (create({"type": "input_text"}), "item.content[0].text", "missing_required_parameter"),
    (create({"type": "input_text", "text": "x" * 70_000}), "item.content[0].text", None),
    (create({"type": "input_text", "text": "x"}, "tool"), "item.role", "invalid_value"),
    (create({"type": "input_text", "text": "\ud800"}), "item.content[0].text", "invalid_value"),
    (
        {"type": "conversation.item.create", "item": {"type": "function_call"}},
        "item.type",
        "unsupported_parameter",
    ),
    ({"type": "conversation.item.truncate", "item_id": "x"}, "type", "unsupported_value"),
    ({"type": "input_audio_buffer.append", "audio": "!"}, "audio", "invalid_value"),
    ({"type": "input_audio_buffer.append"}, "audio", "missing_required_parameter"),
    ({"type": "input_audio_buffer.commit"}, None, "input_audio_buffer_commit_empty"),
    ({"type": "response.create", "response": {"colour": 1}}, "response.colour", None),
    ({"type": "response.create", "response": {"input": [7]}}, "response.input[0]", "invalid_type"),
    ({"type": "response.cancel"}, None, "response_cancel_not_active"),
]


def test_a_wrong_event_keeps_the_session(session):
    """Each gets its error, with the id that the client gave it; then a right one is answered."""
    pytest.importorskip("faster_whisper", reason="make senses installs it")
    for i, (event, param, code) in enumerate(WRONG):
        session.socket.send(json.dumps({"event_id": f"e{i}", **event}))
        error = session.error()
        assert (error["event_id"], error["param"]) == (f"e{i}", param), (event, error)
        assert error["type"] == "invalid_request_error"
        assert code in (None, error["code"]), error

    session.say("Still there?")
    assert session.until("conversation.item.done")[-1]["previous_item_id"] is None


def test_an_event_of_millions_of_values(session):
    """Others wait while JSON is read."""
    message = {"type": "session.update", "session": [[]] * 200_000}
    session.socket.send(json.dumps(message))
    assert session.error()["code"] == "event_too_large"
    session.say("Still there?")
    assert session.until("conversation.item.done")[-1]["type"] == "conversation.item.done"


@pytest.mark.parametrize("message", ["", "nope", "[]", "NaN", "[" * 100_000, b"{}"])
def test_what_is_no_event(session, message):
    session.socket.send(message)
    error = session.error()
    assert error["event_id"] is None
    assert error["message"]
    session.say("Still there?")
    assert session.until("conversation.item.done")[-1]["type"] == "conversation.item.done"
