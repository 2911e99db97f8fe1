"""The three ways to ask for JSON, on answers written for the test."""

from types import SimpleNamespace

import pytest
from pydantic import BaseModel

from samplers.lab.lessons.json_trial import PEOPLE, json_trial


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
    def chat(self, prompt, response_format, temperature, max_tokens):
        assert (temperature, max_tokens) == (0, 24)
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
