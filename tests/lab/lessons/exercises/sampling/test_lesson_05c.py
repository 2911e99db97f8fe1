"""Lesson 05c's checks: the request that tells, three verdicts, and the odds after some draws."""

import pytest

from samplers.lab.lessons.checks import verdict


class Three:
    """Suspects whose settings are known."""

    def reveal(self):
        return {
            "A": ("temperature first", "raw"),
            "B": ("temperature last", "raw"),
            "C": ("temperature last", "processed"),
        }


TRUTH = {"A": ("first", "raw"), "B": ("last", "raw"), "C": ("last", "processed")}
FACTS = {"05-suspects": {"suspects": Three()}, "05-odds": {"p": 0.17}}


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("05-question", 3, "Correct."),
        ("05-question", "3.", "Correct."),
        ("05-question", ["3"], "Correct."),
        ("05-question", 1, "At T = 1 the temperature changes nothing"),
        ("05-question", "2", "top_p = 1 removes nothing"),
        ("05-question", 3.0, "Correct."),
        ("05-question", "Request 3.", "Correct."),
        ("05-question", 4, "There are three requests: 1, 2 and 3."),
        ("05-question", None, "I can't read None as a number."),
        ("05-question", "all", "I can't read 'all' as a number."),
        ("05-suspects", TRUTH, "Correct."),
        ("05-suspects", Three().reveal(), "Correct."),
        ("05-suspects", {"a": "first, raw", "b": "Last, raw", "c": "processed last"}, "Correct."),
        ("05-suspects", list(TRUTH.values()), "Correct."),
        ("05-suspects", {name: set(kind) for name, kind in TRUTH.items()}, "Correct."),
        ("05-suspects", {name: "/".join(kind) for name, kind in TRUTH.items()}, "Correct."),
        ("05-suspects", TRUTH | {"A": ("last", "raw")}, "1 of the three is not right yet."),
        ("05-suspects", TRUTH | {"A": TRUTH["B"], "B": TRUTH["A"]}, "2 of the three are not right"),
        ("05-suspects", dict.fromkeys("ABC", ("first", "processed")), "3 of the three are not"),
        ("05-suspects", TRUTH | {"C": ("last", "secret")}, "I can't read ('last', 'secret') as"),
        ("05-suspects", TRUTH | {"C": ("raw", "processed")}, "I can't read ('raw', 'processed')"),
        ("05-suspects", {"A": ("first", "raw")}, "I find no answer for 'B'"),
        ("05-suspects", None, "I read None as 1 of the 3 parts"),
        ("05-suspects", dict.fromkeys("ABC", 7), "I can't read 7 as"),
        ("05-odds", 4, "Correct."),
        ("05-odds", "4 draws", "Correct."),
        ("05-odds", 4.0, "Correct."),
        ("05-odds", 3, "After 3 the odds are about 204 : 1."),
        ("05-odds", -1, "Before the first draw the odds are 1 : 1."),
        ("05-odds", 170, "Fewer are enough"),
        ("05-odds", 3.9, "I can't read 3.9 as a whole number."),
        ("05-odds", None, "I can't read None as a number."),
        ("05-odds", "few", "I can't read 'few' as a number."),
    ],
)
def test_each_check_reads_an_answer_in_any_dress(name, answer, message):
    said = verdict(name, answer, **FACTS.get(name, {}))
    assert said.removeprefix("Not yet. ").startswith(message)
