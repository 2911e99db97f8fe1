"""The sums of lesson 15, what an answer gives, a vote, and the record of all fifty."""

import pytest

from samplers.lab import SUMS, ask_sum, fifty_sums, majority, number_in
from samplers.lab.lessons.knobs.sums import EXAMPLES
from tests.bench.sums import mean_logprob


def test_fifty_different_sums_none_of_which_is_an_example():
    assert len(set(SUMS)) == len(SUMS) == 50
    assert not set(SUMS) & set(EXAMPLES)
    assert {digit for pair in SUMS for digit in pair} == set(range(1, 10))


def test_a_sum_is_asked_alone_or_after_examples_that_are_right():
    (alone,) = ask_sum(3, 4)
    assert "3 + 4" in alone["content"]
    *turns, last = ask_sum(3, 4, examples=True)
    assert last == {"role": "user", "content": "What is 3 + 4?"}
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * 4
    for turn in turns[1::2]:
        left, right = turn["content"].split(" = ")
        assert sum(map(int, left.split(" + "))) == int(right)


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("3 + 4 = 7", 7), ("The answer is 12.", 12), ("", None), ("seven", None)],
)
def test_the_last_number_of_an_answer(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("numbers", "elected"),
    [
        ([1, 2, 2, 3, 1, 2], 2),
        ([5, 7, 7, 5], 5),
        ([None, None, 4], 4),
        ([None], None),
        ([], None),
    ],
)
def test_the_most_frequent_number_is_elected(numbers, elected):
    assert majority(numbers) == elected


def test_the_record_has_its_ways_in_both_forms_and_thoughts_after_examples_alone():
    whole = fifty_sums()
    alone = {way for form, way in whole.right if form == "alone"}
    after = {way for form, way in whole.right if form == "after four examples"}
    assert after - alone == {"one draw, effort low"}
    assert alone < after
    assert len(repr(whole).splitlines()) == 1 + len(after)
    assert all(0 <= right <= 50 for right in whole.right.values())
    assert all(0 <= cut <= answers for cut, answers in whole.cut.values())
    assert whole.cut["alone", "greedy"][1] == 50
    assert whole.cut["alone", "a vote of five draws"][1] == 250
    two = fifty_sums(["greedy", "one draw"], form="alone")
    assert set(two.right) == {("alone", "greedy"), ("alone", "one draw")}
    assert two.date in repr(two)
    assert [line.split("  ")[0] for line in repr(two).splitlines()[1:]] == ["greedy", "one draw"]
    assert '<th scope="row">greedy</th>' in two._repr_html_()


def test_what_must_hold_in_any_record_holds_in_this_one():
    right = fifty_sums().right
    for form in ("alone", "after four examples"):
        assert right[form, "five draws and a check"] >= right[form, "a vote of five draws"]
        assert right[form, "five draws and a check"] >= right[form, "the likeliest of five draws"]


def test_an_answer_without_tokens_is_the_least_likely(client):
    answer = client.chat("Hello!", max_tokens=2, logprobs=True, seed=1).choices[0]
    logprobs = [token.logprob for token in answer.logprobs]
    assert mean_logprob(answer) == pytest.approx(sum(logprobs) / len(logprobs))
