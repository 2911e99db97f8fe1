"""The three ways to ask for JSON, on answers written for the test."""

from types import SimpleNamespace

import pytest
from pydantic import BaseModel

from samplers.lab.lessons.json_trial import COUPLES, HOMES, PEOPLE, json_trial


class Person(BaseModel):
    name: str
    age: int | None


FACTS = {"name": "Tom", "age": 41}
ANSWERS = {  # by the type of response_format, one for each prompt
    None: ["Tom is 41.", '```json\n{"name":"Tom","age":41}\n```', '{"name":"Tom","age":41}'],
    "json_object": ['{"name":"Tom","age":"41"}', '{"name":"Tom","age":41,"city":"Rome"}', "[1]"],
    "json_schema": ['{"name":"Tom","age":41}', '{"name":"Tom","age":25}', '{"name":"Tom","age":4'],
}


class FakeClient:
    most = 24

    def chat(self, prompt, response_format, temperature, max_tokens):
        assert (temperature, max_tokens) == (0, self.most)
        text = ANSWERS[response_format and response_format["type"]][int(prompt[-1])]
        return SimpleNamespace(text=text, usage=SimpleNamespace(completion_tokens=len(text)))


@pytest.fixture(scope="module")
def trial():
    return json_trial(FakeClient(), "Who? {}", [(str(i), FACTS) for i in range(3)], Person)


def test_each_way_is_judged_by_what_it_wrote(trial):
    judged = {
        way: [(answer.parses, answer.fits, answer.true) for answer in answers]
        for way, answers in trial.answers.items()
    }
    no = (False, False, False)
    form = (True, False, False)
    all_three = (True, True, True)
    assert judged["plain prompting"] == [no, no, all_three]
    assert judged["JSON mode"] == [form, form, form]
    assert judged["Structured Outputs"] == [all_three, (True, True, False), no]


def test_the_table_counts_them(trial):
    assert trial.share("Structured Outputs", "fits") == pytest.approx(2 / 3)
    assert trial.count("plain prompting", "tokens") == sum(map(len, ANSWERS[None]))
    assert "Structured Outputs     67%              67%      33%" in repr(trial)
    assert "<td>67%</td>" in trial._repr_html_()


def test_fifty_people_ten_of_no_age():
    assert len({text for text, _ in PEOPLE}) == 50
    for text, facts in PEOPLE:
        assert facts["name"] in text
        digits = "".join(c for c in text if c.isdigit())
        assert not digits or int(digits) == facts["age"]
    assert sum(facts["age"] is None for _, facts in PEOPLE) == 10
    assert dict(PEOPLE)["Tom is eighty-six."] == {"name": "Tom", "age": 86}


def test_the_other_sentences_say_what_is_true_of_them():
    for text, facts in HOMES:
        assert facts["name"] in text
        assert all(value in text for value in facts["address"].values())
    for text, facts in COUPLES:
        assert len(facts["people"]) == 2
        assert all(f"{person['name']} is {person['age']}" in text for person in facts["people"])


def test_how_long_an_answer_may_be_is_sent():
    class Longer(FakeClient):
        most = 40

    assert json_trial(Longer(), "Who? {}", [("2", FACTS)], Person, max_tokens=40).answers
    with pytest.raises(ValueError, match="max_tokens must be"):
        json_trial(Longer(), "Who? {}", [("2", FACTS)], Person, max_tokens=0)
