"""client.moderate: one verdict for each input, or an error."""

import httpx
import pytest
from fake_endpoint import Recorded, fake

from samplers.api import APIError, NotFoundError

TEXT = {"type": "text", "text": "a"}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


def result(flagged=False, **fields):
    return {"flagged": flagged, "categories": {}, "category_scores": {}, **fields}


def answer(*results):
    return httpx.Response(200, json={"id": "modr-1", "model": "m", "results": list(results)})


def test_ours(client):
    bad, good = client.moderate(["I will kill them", "你好"])
    assert bad.flagged
    assert bad.categories == ("violence",)
    assert bad.scores["violence"] == pytest.approx(0.93)
    assert bad.input_types["violence"] == ("text",)
    assert bad.raw["samplers_matches"] == {"violence": ["kill", "kill them"]}
    assert (good.flagged, good.categories) == (False, ())
    assert len(good.scores) == 13


def test_ours_says_that_it_did_not_look_at_a_picture(client):
    assert client.moderate([TEXT])[0].flagged is False
    with pytest.raises(APIError, match="did not look at the picture"):
        client.moderate([TEXT, IMAGE])
    assert client.moderate([{"type": "text", "text": "I will kill them"}, IMAGE])[0].flagged


@pytest.mark.parametrize(
    ("inputs", "results"),
    [
        ("a", 0),
        ("a", 2),
        (["a", "b"], 1),
        (["a", "b"], 3),
        ([TEXT, TEXT], 2),
        (["a"], 0),
    ],
)
def test_a_verdict_that_is_missing_or_too_many_is_an_error(inputs, results):
    with pytest.raises(APIError, match="verdicts for"):
        fake(answer(*[result()] * results)).moderate(inputs)


@pytest.mark.parametrize(
    "results", [None, {}, "no", [None], [{}], [result(None)], [result("false")], [result(0)]]
)
def test_a_verdict_that_says_nothing_is_an_error(results):
    with pytest.raises(APIError, match="cannot be read"):
        fake(httpx.Response(200, json={"results": results})).moderate("a")


def test_one_that_contradicts_itself_is_flagged():
    (verdict,) = fake(answer(result(categories={"hate": True, "sexual": None}))).moderate("a")
    assert verdict.flagged
    assert verdict.categories == ("hate",)


def test_a_server_that_says_it_by_its_categories_alone():
    """Mistral's, with categories of its own."""
    pii, none = ({"categories": {"pii": value, "law": False}} for value in (True, False))
    first, second = fake(answer(pii, none)).moderate(["a", "b"])
    assert (first.flagged, first.categories) == (True, ("pii",))
    assert (second.flagged, second.scores) == (False, {})


@pytest.mark.parametrize("categories", [{}, None, {"a": None}, {"a": False, "b": 0}, []])
def test_categories_that_say_nothing_are_an_error(categories):
    with pytest.raises(APIError, match="cannot be read"):
        fake(answer({"categories": categories})).moderate("a")


def test_a_picture_that_was_seen_can_pass():
    seen = result(category_applied_input_types={"sexual": ["text", "image"], "hate": ["text"]})
    assert not fake(answer(seen)).moderate([IMAGE])[0].flagged
    with pytest.raises(APIError, match="did not look"):
        fake(answer(result())).moderate([IMAGE])


def test_odd_scores_are_left_out():
    scores = {"hate": 0.25, "sexual": None, "illicit": "x"}
    assert fake(answer(result(category_scores=scores))).moderate("a")[0].scores == {"hate": 0.25}


@pytest.mark.parametrize("inputs", ["a", ["a", "b"], ("a", "b"), [TEXT]])
def test_what_is_sent(inputs):
    sent = list(inputs) if isinstance(inputs, tuple) else inputs
    recorded = Recorded(answer(*[result()] * (2 if len(inputs) == 2 else 1)))
    fake(recorded).moderate(inputs)
    fake(recorded).moderate(inputs, model="omni-moderation-latest")
    assert recorded.bodies == [
        {"input": sent},
        {"input": sent, "model": "omni-moderation-latest"},
    ]


@pytest.mark.parametrize("inputs", [None, 1, [], {}, b"a", ["a", TEXT], [1], [["a"]]])
def test_wrong_inputs(inputs):
    with pytest.raises(ValueError, match="inputs must be a str, a list of str"):
        fake(answer()).moderate(inputs)


def test_an_endpoint_without_moderations():
    with pytest.raises(NotFoundError, match="Does this endpoint have this path"):
        fake(httpx.Response(404)).moderate("a")
