"""The ids of calls that other providers made, as Anthropic takes them."""

import re

import pytest
from anthropic_requests import ASK, calls, made, refused, result

FITS = re.compile(r"[a-zA-Z0-9_-]+")


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
