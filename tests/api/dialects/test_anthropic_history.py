"""Conversations in Anthropic's form: turns, results, ids, system messages, thinking, parts."""

import json
import re
from copy import deepcopy

import pytest

from samplers.api.dialects.anthropic import openai_request, request

FITS = re.compile(r"[a-zA-Z0-9_-]+")
ASK = {"role": "user", "content": "Weather?"}
PIXEL = "iVBORw0KGgo="


def call(id, city="Oslo"):
    function = {"name": "weather", "arguments": json.dumps({"city": city})}
    return {"id": id, "type": "function", "function": function}


def calls(*ids, content=None, **fields):
    tool_calls = [call(id) for id in ids]
    return {"role": "assistant", "content": content, "tool_calls": tool_calls, **fields}


def result(id, content="rain"):
    return {"role": "tool", "tool_call_id": id, "content": content}


def made(*messages):
    """The request's translation; the input stays as it was."""
    body = {"model": "m", "max_tokens": 9, "messages": list(messages)}
    before = deepcopy(body)
    translated = request(body)
    assert body == before
    return translated


def turns(*messages):
    return made(*messages).body["messages"]


def back(body):
    return openai_request(body).body["messages"]


def refused(*messages):
    with pytest.raises(ValueError, match=r"^messages") as caught:
        made(*messages)
    return str(caught.value)


def test_AM1_parallel_results_are_two_results_in_one_turn():
    history = [
        ASK,
        {**calls(), "tool_calls": [call("call_a", "Oslo"), call("call_b", "Bergen")]},
        result("call_a", "rain"),
        result("call_b", "sun"),
    ]

    translated = made(*history)

    assert translated.body["messages"] == [
        ASK,
        {
            "role": "assistant",
            "content": [
                {
                    "type": "tool_use",
                    "id": "call_a",
                    "name": "weather",
                    "input": {"city": "Oslo"},
                },
                {
                    "type": "tool_use",
                    "id": "call_b",
                    "name": "weather",
                    "input": {"city": "Bergen"},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "call_a", "content": "rain"},
                {"type": "tool_result", "tool_use_id": "call_b", "content": "sun"},
            ],
        },
    ]
    assert translated.lost == ()
    assert back(translated.body) == history


def test_AM1_what_the_user_says_after_results_stays_behind_them():
    history = [ASK, calls("a", "b"), result("b"), result("a"), {"role": "user", "content": "And?"}]
    translated = made(*history)

    content = translated.body["messages"][2]["content"]
    assert [block.get("tool_use_id") for block in content] == ["b", "a", None]
    assert content[2] == {"type": "text", "text": "And?"}
    assert translated.lost == ()
    assert back(translated.body) == history


def test_AM1_results_come_before_a_text_between_them_and_that_is_said():
    translated = made(
        ASK, calls("a", "b"), result("a"), {"role": "user", "content": "Wait."}, result("b")
    )
    content = translated.body["messages"][2]["content"]
    assert [block["type"] for block in content] == ["tool_result", "tool_result", "text"]
    assert [block.get("tool_use_id") for block in content] == ["a", "b", None]
    assert "messages[4]" in translated.lost[0]


def test_AM1_results_in_two_turns_come_back_as_two_messages():
    results = [
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": text}]}
        for id, text in (("toolu_1", "rain"), ("toolu_2", "sun"))
    ]
    assert back({"messages": results}) == [result("toolu_1", "rain"), result("toolu_2", "sun")]


def test_AM1_a_result_alone_or_a_call_alone_is_named():
    assert refused(ASK, result("call_a")).startswith("messages[1].tool_call_id ")
    assert "'call_b'" in refused(ASK, calls("call_a"), result("call_b"))
    assert "'call_a'" in refused(ASK, calls("call_a"), result("call_a"), result("call_a"))

    late = [ASK, calls("a", "b"), result("a"), {"role": "assistant", "content": "Rain."}]
    assert refused(*late).startswith("messages[1].tool_calls[1] ")
    assert "messages[1].tool_calls[0]" in refused(ASK, calls("a"), ASK)
    assert "messages[3]" in refused(ASK, calls("a"), result("a"), result("b"))


def test_a_history_that_ends_with_a_call_is_kept_and_that_is_said():
    translated = made(ASK, calls("a"))
    assert translated.body["messages"][1]["content"][0]["id"] == "a"
    assert "no results yet" in translated.lost[0]


@pytest.mark.parametrize("text", ["", " ", "\n\t", None])
def test_AM3_no_empty_text_beside_a_call(text):
    translated = made(ASK, calls("call_a", content=text), result("call_a"))
    (block,) = translated.body["messages"][1]["content"]
    assert block["type"] == "tool_use"
    said = [line for line in translated.lost if "messages[1].content" in line]
    assert len(said) == bool(text)


def test_AM3_the_other_blocks_of_the_message_stay():
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    (turn,) = turns({"role": "user", "content": [image, {"type": "text", "text": ""}]})
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    assert turn["content"] == [{"type": "image", "source": source}]


def test_AM3_a_message_without_content_is_left_out_and_said():
    translated = made(ASK, {"role": "assistant", "content": ""}, {"role": "user", "content": "x"})
    texts = [block["text"] for block in translated.body["messages"][0]["content"]]
    assert texts == ["Weather?", "x"]
    assert "messages[1]" in translated.lost[0]

    assert refused({"role": "user", "content": " "}).startswith("messages must hold one")
    assert refused({"role": "system", "content": "S"}).startswith("messages must hold one")


@pytest.mark.parametrize("content", ["", [], None, [{"type": "text", "text": ""}]])
def test_an_empty_result_is_a_result(content):
    translated = made(ASK, calls("a"), result("a", content))
    assert translated.body["messages"][2]["content"] == [
        {"type": "tool_result", "tool_use_id": "a"}
    ]
    assert back(translated.body)[2] == result("a", "")


def test_a_result_of_parts_is_a_result_of_blocks():
    parts = [{"type": "text", "text": "rain"}, {"type": "text", "text": "sun"}]
    translated = made(ASK, calls("a"), result("a", parts))
    assert translated.body["messages"][2]["content"][0]["content"] == parts
    assert back(translated.body)[2] == result("a", parts)

    image = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
    with_image = made(ASK, calls("a"), result("a", [image]))
    block = {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}}
    assert with_image.body["messages"][2]["content"][0]["content"] == [block]
    again = openai_request(with_image.body)
    assert again.body["messages"][2] == result("a", [image])
    assert "only text" in again.lost[0]


def test_an_error_as_a_result_comes_back_as_its_text_and_that_is_said():
    failed = {"type": "tool_result", "tool_use_id": "a", "content": "no city", "is_error": True}
    translated = openai_request({"messages": [{"role": "user", "content": [failed]}]})
    assert translated.body["messages"] == [result("a", "no city")]
    assert translated.lost[0].startswith("messages[0].content[0].is_error")


def pairs(translated):
    """The ids of all calls, and those of all results."""
    contents = [turn["content"] for turn in translated.body["messages"]]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    return (
        [block["id"] for block in blocks if block["type"] == "tool_use"],
        [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"],
    )


def test_AM7_foreign_ids():
    given = ["functions.weather:0", "functions_weather_0", "", "call_a", "x" * 80]
    history = [ASK, calls(*given), *(result(id, f"of {id}") for id in given)]

    ids, answered = pairs(translated := made(*history))

    assert all(FITS.fullmatch(id) for id in ids)
    assert len(set(ids)) == 5
    assert [ids[1], ids[3], ids[4]] == ["functions_weather_0", "call_a", "x" * 80]
    assert answered == ids
    assert pairs(made(*history)) == (ids, answered)
    assert sum("is sent as" in line for line in translated.lost) == 2


@pytest.mark.parametrize("ids", [["a", "a"], ["", ""], ["a.b", "a.b"], ["a.b", "a:b"], ["a", "A"]])
def test_AM7_equal_and_near_ids_stay_apart(ids):
    together = made(ASK, calls(*ids), *map(result, ids))
    one_by_one = made(ASK, calls(ids[0]), result(ids[0]), calls(ids[1]), result(ids[1]))
    for translated in (together, one_by_one):
        sent, answered = pairs(translated)
        assert len(set(sent)) == 2
        assert sent == answered
        assert all(map(FITS.fullmatch, sent))


def test_AM7_a_longer_history_keeps_the_ids_it_had():
    history = [ASK, calls("f:0"), result("f:0")]
    longer = [*history, ASK, calls("f:1", ""), result("f:1"), result("")]
    assert pairs(made(*longer))[0][:1] == pairs(made(*history))[0]


@pytest.mark.parametrize("id", ["call_a\n", "call a", "アイ", "\ud83d", "a.b" * 50])
def test_AM7_an_id_is_wholly_of_the_allowed_characters(id):
    (sent,), (answered,) = pairs(made(ASK, calls(id), result(id)))
    assert sent == answered
    assert FITS.fullmatch(sent)
    assert len(sent) <= 64


def test_AM7_a_made_id_never_takes_a_later_calls_own():
    first = pairs(made(ASK, calls("f:0"), result("f:0")))[0][0]
    history = [ASK, calls("f:0"), result("f:0"), calls(first), result(first)]
    sent, answered = pairs(made(*history))
    assert sent[1] == first
    assert sent[0] != first
    assert sent == answered


def test_AM7_an_id_must_be_a_text():
    assert refused(ASK, calls(7)).startswith("messages[1].tool_calls[0].id ")
    assert refused(ASK, calls("a"), result(7)).startswith("messages[2].tool_call_id ")


THOUGHT = {"type": "thinking", "thinking": "Let me see", "signature": "AbCdEf"}


def test_AM9_thinking_goes_back_unchanged_and_first():
    hidden = {"type": "redacted_thinking", "data": "xyz"}
    message = calls("a", content="Sure.", thinking_blocks=[THOUGHT, hidden])
    translated = made(ASK, {**message, "reasoning_content": "Let me see"}, result("a"))
    content = translated.body["messages"][1]["content"]
    assert content[:2] == [THOUGHT, hidden]
    assert [block["type"] for block in content[2:]] == ["text", "tool_use"]
    assert translated.lost == ()
    assert back(translated.body)[1]["thinking_blocks"] == [THOUGHT, hidden]


@pytest.mark.parametrize(
    "fields",
    [
        {"reasoning_content": "r"},
        {"thinking_blocks": [{"type": "thinking", "thinking": "r"}]},
        {"thinking_blocks": [{"type": "thinking", "thinking": "r", "signature": ""}]},
        {"thinking_blocks": [{"type": "redacted_thinking", "data": ""}]},
    ],
)
def test_AM9_thinking_without_a_signature_is_not_sent_and_that_is_said(fields):
    translated = made(ASK, {"role": "assistant", "content": "A", **fields}, ASK)
    assert translated.body["messages"][1] == {"role": "assistant", "content": "A"}
    assert "signature" in translated.lost[0]
    assert next(iter(fields)) in translated.lost[0]


def test_AM11_no_system_message_is_lost_and_its_place_is_said():
    translated = made(
        {"role": "system", "content": "One."},
        {"role": "developer", "content": [{"type": "text", "text": "Two."}]},
        ASK,
        {"role": "assistant", "content": "Rain."},
        {"role": "system", "content": "Three."},
        {"role": "user", "content": "And now?"},
    )
    texts = [{"type": "text", "text": text} for text in ("One.", "Two.", "Three.")]
    assert translated.body["system"] == texts
    assert [turn["role"] for turn in translated.body["messages"]] == ["user", "assistant", "user"]
    assert [line.split(":")[0] for line in translated.lost] == ["messages[1].role", "messages[4]"]
    assert "system" in translated.lost[1]


def test_AM11_blocks_of_system_do_not_run_together():
    system = [
        {"type": "text", "text": "Answer in one word."},
        {"type": "text", "text": "Use capitals.", "cache_control": {"type": "ephemeral"}},
    ]
    translated = openai_request({"system": system, "messages": [ASK]})
    assert translated.body["messages"] == [
        {"role": "system", "content": "Answer in one word."},
        {"role": "system", "content": "Use capitals."},
        ASK,
    ]
    assert translated.lost[0].startswith("system[1].cache_control")


def test_a_system_message_between_anthropics_turns_keeps_its_place():
    turns = [ASK, {"role": "system", "content": "Shorter."}]
    assert back({"messages": turns}) == turns


def test_messages_of_one_role_in_a_row_are_one_turn_and_that_is_said():
    translated = made(ASK, {"role": "user", "content": "In Oslo."}, {"role": "assistant"}, ASK)
    (turn,) = translated.body["messages"]
    assert [block["text"] for block in turn["content"]] == ["Weather?", "In Oslo.", "Weather?"]
    assert [line.split(":")[0] for line in translated.lost] == [
        "messages[1]",
        "messages[2]",
        "messages[3]",
    ]


def test_no_message_is_invented_before_a_first_one_of_the_assistant():
    greeting = {"role": "assistant", "content": "Hello."}
    assert turns(greeting, ASK) == [greeting, ASK]


def test_the_beginning_of_an_answer_is_kept_without_its_last_spaces():
    translated = made(ASK, {"role": "assistant", "content": "It is \n"})
    assert translated.body["messages"][1]["content"] == "It is"
    assert "continues" in translated.lost[0]
    assert "spaces" in translated.lost[1]

    again = openai_request(translated.body)
    assert again.body["messages"][1] == {"role": "assistant", "content": "It is"}
    assert "continues" in again.lost[0]


def test_a_refusal_is_sent_as_text_and_that_is_said():
    field = made(ASK, {"role": "assistant", "content": None, "refusal": "No."}, ASK)
    part = {"type": "refusal", "refusal": "No."}
    in_parts = made(ASK, {"role": "assistant", "content": [part]}, ASK)
    for translated in (field, in_parts):
        assert translated.body["messages"][1]["content"] == "No."
        assert "refusal" in translated.lost[0]


def test_an_answer_of_openais_own_goes_back_without_a_word():
    message = {"role": "assistant", "content": "Rain.", "refusal": None, "annotations": []}
    translated = made(ASK, {**message, "audio": None, "function_call": None}, ASK)
    assert translated.lost == ()


def test_images():
    def sent(url, **fields):
        part = {"type": "image_url", "image_url": {"url": url, **fields}}
        translated = made({"role": "user", "content": [part, {"type": "text", "text": "?"}]})
        return translated.body["messages"][0]["content"][0]["source"], translated.lost

    base64 = {"type": "base64", "media_type": "image/jpeg", "data": PIXEL}
    assert sent(f"data:image/jpeg;base64,{PIXEL}") == (base64, ())
    assert sent(f"DATA:image/jpg;name=a.jpg;base64,{PIXEL}", detail="auto") == (base64, ())
    source, lost = sent("https://a.example/b.png", detail="high")
    assert source == {"type": "url", "url": "https://a.example/b.png"}
    assert "detail" in lost[0]


def test_a_pdf_is_a_document():
    file = {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}
    message = {"role": "user", "content": [{"type": "file", "file": file}]}
    (block,) = turns(message)[0]["content"]
    source = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
    assert block == {"type": "document", "source": source, "title": "a.pdf"}
    assert back({"messages": turns(message)}) == [message]


def part(**fields):
    return {"role": "user", "content": [{"type": "text", "text": "x"}, fields]}


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"role": "function", "content": "x"}, "messages[1].role"),
        ({"content": "x"}, "messages[1].role"),
        ("x", "messages[1]"),
        ({"role": "user", "content": 7}, "messages[1].content"),
        ({"role": "user", "content": ["x"]}, "messages[1].content[0]"),
        (part(type="input_audio", input_audio={}), "messages[1].content[1].type"),
        (part(type="text"), "messages[1].content[1].text"),
        (part(type="image_url", image_url={"url": "ftp://a"}), "messages[1].content[1].image_url"),
        (part(type="image_url", image_url={"url": "data:image/png;base64,"}), "messages[1]"),
        (part(type="image_url", image_url={"url": "data:image/bmp;base64,QQ=="}), "messages[1]"),
        (part(type="image_url", image_url="x"), "messages[1].content[1].image_url"),
        (part(type="file", file={"file_id": "f"}), "messages[1].content[1].file"),
        ({"role": "assistant", "function_call": {"name": "x"}}, "messages[1].function_call"),
        ({"role": "assistant", "tool_calls": [{"id": "a"}]}, "messages[1].tool_calls[0].function"),
        ({"role": "assistant", "tool_calls": {}, "content": 1}, "messages[1].content"),
        ({"role": "assistant", "tool_calls": "x"}, "messages[1].tool_calls"),
    ],
)
def test_what_the_form_cannot_carry_is_an_error_that_names_the_place(message, place):
    assert refused(ASK, message).startswith(place)


@pytest.mark.parametrize(
    "text", ["{", "[1]", "7", "null", '{"x": NaN}', '{"x": 1e999}', '{"x": 1, "x": 2}', "[" * 9999]
)
def test_arguments_must_be_a_json_object(text):
    broken = {"id": "a", "type": "function", "function": {"name": "f", "arguments": text}}
    place = "messages[1].tool_calls[0].function.arguments must be a JSON object"
    assert refused(ASK, {"role": "assistant", "tool_calls": [broken]}).startswith(place)


@pytest.mark.parametrize("arguments", ["", "{}", None, {}])
def test_no_arguments_are_an_empty_object(arguments):
    function = {"name": "f", "arguments": arguments}
    message = {"role": "assistant", "tool_calls": [{"id": "a", "function": function}]}
    assert turns(ASK, message)[1]["content"][0]["input"] == {}


def test_blocks_that_openai_has_nothing_for_are_errors():
    def refused(role, **block):
        body = {"messages": [{"role": role, "content": [{"type": "text", "text": "x"}, block]}]}
        with pytest.raises(ValueError, match=r"messages\[0\]\.content\[1\]"):
            openai_request(body)

    refused("assistant", type="server_tool_use", id="a", name="web_search", input={})
    refused("assistant", type="tool_use", id="a", name="f", input="{}")
    refused("user", type="search_result", content=[])
    refused("user", type="image", source={"type": "file", "file_id": "f"})
    refused("user")
