"""Calls and their results between OpenAI's messages and Gemini's contents: which answers which."""

import pytest
from gemini_turns import (
    BERGEN,
    OSLO,
    by_city,
    call_part,
    calls,
    contents,
    messages,
    response_part,
    result,
    user,
)


def test_GE1_two_calls_of_one_name_without_ids():
    made = messages(
        {"role": "user", "parts": [{"text": "Weather?"}]},
        {"role": "model", "parts": [call_part(OSLO), call_part(BERGEN)]},
        {
            "role": "user",
            "parts": [response_part({"output": "rain"}), response_part({"output": "sun"})],
        },
    )
    assert [m["role"] for m in made] == ["user", "assistant", "tool", "tool"]
    ids = [call["id"] for call in made[1]["tool_calls"]]
    assert len(set(ids)) == 2
    assert "weather" not in ids
    assert [m["tool_call_id"] for m in made[2:]] == ids
    assert by_city(made) == {"Oslo": "rain", "Bergen": "sun"}


def test_GE1_ids_decide_whatever_the_order():
    made = messages(
        {"role": "model", "parts": [call_part(OSLO, id="g1"), call_part(BERGEN, id="g2")]},
        {
            "role": "user",
            "parts": [
                response_part({"output": "sun"}, id="g2"),
                response_part({"output": "rain"}, id="g1"),
            ],
        },
    )
    assert [call["id"] for call in made[0]["tool_calls"]] == ["g1", "g2"]
    assert by_city(made) == {"Oslo": "rain", "Bergen": "sun"}


def test_GE1_a_name_for_an_id_is_none():
    made = messages(
        {"role": "model", "parts": [call_part(OSLO), call_part(BERGEN)]},
        {
            "role": "user",
            "parts": [
                response_part({"output": "rain"}, id="weather"),
                response_part({"output": "sun"}, id="weather"),
            ],
        },
    )
    assert by_city(made) == {"Oslo": "rain", "Bergen": "sun"}


def test_GE1_calls_of_two_names_without_ids():
    clock = {"functionCall": {"name": "clock", "args": {"city": "Rome"}}}
    made = messages(
        {"role": "model", "parts": [call_part(OSLO), clock, call_part(BERGEN)]},
        {
            "role": "function",
            "parts": [
                {"functionResponse": {"name": "clock", "response": {"output": "noon"}}},
                response_part({"output": "rain"}),
                response_part({"output": "sun"}),
            ],
        },
    )
    assert by_city(made) == {"Oslo": "rain", "Rome": "noon", "Bergen": "sun"}


def test_GE1_calls_in_contents_of_their_own():
    made = messages(
        {"role": "model", "parts": [call_part(OSLO)]},
        {"role": "model", "parts": [call_part(BERGEN)]},
        {"role": "user", "parts": [response_part({"output": "rain"})]},
        {"role": "user", "parts": [response_part({"output": "sun"})]},
    )
    assert by_city(made) == {"Oslo": "rain", "Bergen": "sun"}


def test_GE1_the_same_calls_in_two_turns_have_ids_of_their_own():
    turn = [
        {"role": "model", "parts": [call_part(OSLO)]},
        {"role": "user", "parts": [response_part({"output": "rain"})]},
    ]
    made = messages(*turn, *turn)
    assert made[0]["tool_calls"][0]["id"] != made[2]["tool_calls"][0]["id"]
    assert made[3]["tool_call_id"] == made[2]["tool_calls"][0]["id"]
    assert messages(*turn, *turn) == made


def test_GE1_a_result_answers_no_call_of_an_earlier_turn():
    made = messages(
        {"role": "model", "parts": [call_part(OSLO)]},
        {"role": "user", "parts": [{"text": "Never mind: Bergen?"}]},
        {"role": "model", "parts": [call_part(BERGEN)]},
        {"role": "user", "parts": [response_part({"output": "sun"})]},
    )
    assert by_city(made) == {"Bergen": "sun"}


def test_a_made_id_is_none_that_is_there_already():
    probe = messages({"role": "model", "parts": [call_part(OSLO)]})
    taken = probe[0]["tool_calls"][0]["id"]
    made = messages({"role": "model", "parts": [call_part(OSLO), call_part(BERGEN, id=taken)]})
    first, second = (call["id"] for call in made[0]["tool_calls"])
    assert first != second == taken


def test_two_parallel_results_are_one_content_in_order():
    made = contents(
        user("Weather?"),
        calls(("call_a", '{"city": "Oslo"}'), ("call_b", '{"city": "Bergen"}')),
        result("call_a", "rain"),
        result("call_b", "sun"),
        user("Thanks."),
    )
    assert made[1] == {
        "role": "model",
        "parts": [call_part(OSLO, id="call_a"), call_part(BERGEN, id="call_b")],
    }
    assert made[2] == {
        "role": "user",
        "parts": [
            response_part({"output": "rain"}, id="call_a"),
            response_part({"output": "sun"}, id="call_b"),
        ],
    }
    assert made[3] == {"role": "user", "parts": [{"text": "Thanks."}]}


def test_results_in_another_order_keep_their_calls():
    made = contents(
        calls(("call_a", '{"city": "Oslo"}'), ("call_b", "{}")),
        result("call_b", "sun"),
        result("call_a", "rain"),
    )
    assert made[1]["parts"] == [
        response_part({"output": "sun"}, id="call_b"),
        response_part({"output": "rain"}, id="call_a"),
    ]


def test_empty_ids_get_a_made_one_on_both_sides():
    made = contents(calls(("", "{}"), ("", '{"city": "Oslo"}')), result(""), result("", "sun"))
    first, second = (part["functionCall"]["id"] for part in made[0]["parts"])
    assert "" != first != second != ""
    assert [part["functionResponse"]["id"] for part in made[1]["parts"]] == [first, second]


def test_an_id_that_comes_again_in_a_later_turn_is_another_one():
    made = contents(
        calls(("call_0", "{}")), result("call_0"), calls(("call_0", "{}")), result("call_0", "sun")
    )
    first, second = (made[i]["parts"][0]["functionCall"]["id"] for i in (0, 2))
    assert first != second
    assert made[3]["parts"] == [response_part({"output": "sun"}, id=second)]


def test_a_result_answers_the_last_call_with_its_id():
    made = contents(
        calls(("call_0", '{"city": "Oslo"}')),
        user("Never mind: Bergen?"),
        calls(("call_0", '{"city": "Bergen"}')),
        result("call_0", "sun"),
    )
    bergen = made[2]["parts"][0]["functionCall"]
    assert bergen["args"] == BERGEN
    assert made[3]["parts"] == [response_part({"output": "sun"}, id=bergen["id"])]


@pytest.mark.parametrize(
    ("content", "response"),
    [
        ("rain", {"output": "rain"}),
        ("", {"output": ""}),
        ('{"sky": "grey"}', {"sky": "grey"}),
        ("{}", {}),
        ("[1, 2]", {"output": "[1, 2]"}),
        ("3", {"output": "3"}),
        ("null", {"output": "null"}),
        ('{"a": NaN}', {"output": '{"a": NaN}'}),
        ('{"a": 1, "a": 2}', {"output": '{"a": 1, "a": 2}'}),
        ('{"output": "x"}', {"output": '{"output": "x"}'}),
        ([{"type": "text", "text": "rain"}], {"output": "rain"}),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], {"output": ["a", "b"]}),
    ],
)
def test_a_tools_text_becomes_an_object(content, response):
    made = contents(calls(("call_a", "{}")), result("call_a", content))
    assert made[1]["parts"] == [response_part(response, id="call_a")]


def test_an_empty_text_beside_a_call_is_no_part():
    made = contents(calls(("call_a", "{}"), content=""))
    assert made[0]["parts"] == [call_part({}, id="call_a")]


def test_no_arguments_at_all_are_an_empty_object():
    assert contents(calls(("call_a", "")))[0]["parts"] == [call_part({}, id="call_a")]


def test_a_tools_name_is_its_calls():
    made = contents(calls(("call_a", "{}")), result("call_a") | {"name": "weather"})
    assert made[1]["parts"] == [response_part({"output": "rain"}, id="call_a")]
