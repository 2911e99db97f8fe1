"""Three ways to ask for JSON, tried on the same prompts: what parses, fits, is true, and costs.

`PEOPLE` are fifty sentences, ten names in five patterns. Two patterns have the age in digits and
two in words. One has no age, and then the true age is null.
"""

import html
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated

from tqdm import tqdm

from samplers.api import response_format
from samplers.api.table import html_table
from samplers.checks import shown
from samplers.lab.arguments import Count, checked
from samplers.lab.lessons.json_schema import validator

NAMES = ("Tom", "Ben", "Max", "Kim", "Anna", "Paul", "Jack", "Sam", "Jane", "Mark")
AGES = {
    7: "seven",
    12: "twelve",
    19: "nineteen",
    25: "twenty-five",
    34: "thirty-four",
    41: "forty-one",
    58: "fifty-eight",
    63: "sixty-three",
    71: "seventy-one",
    86: "eighty-six",
}
PATTERNS = (
    "{name} is {age} years old.",
    "At {age}, {name} still swims.",
    "{name} turned {word} today.",
    "{name} is {word}.",
    "{name} lives in Rome.",
)


def _person(i: int, j: int) -> tuple[str, dict]:
    """(sentence, facts) of name `i` in pattern `j`."""
    name = NAMES[i]
    pattern = PATTERNS[j]
    age = list(AGES)[(i + 3 * j) % len(AGES)]
    sentence = pattern.format(name=name, age=age, word=AGES[age])
    has_age = "{age}" in pattern or "{word}" in pattern
    return sentence, {"name": name, "age": age if has_age else None}


PEOPLE = tuple(_person(i, j) for i in range(len(NAMES)) for j in range(len(PATTERNS)))

HOMES = tuple(
    (
        f"{name} lives at {street} in {city}.",
        {"name": name, "address": {"street": street, "city": city}},
    )
    for name, street, city in (
        ("Tom", "5 Mill Lane", "York"),
        ("Anna", "12 Park Road", "Leeds"),
        ("Sam", "9 King Street", "Ely"),
        ("Kim", "24 Church Lane", "Hull"),
    )
)
COUPLES = tuple(
    (sentence, {"people": [{"name": name, "age": age} for name, age in people]})
    for sentence, *people in (
        ("Jane is 40 and Sam is 12.", ("Jane", 40), ("Sam", 12)),
        ("Eva is 7 and Leo is 9.", ("Eva", 7), ("Leo", 9)),
        ("Ann is 55, Bob is 58.", ("Ann", 55), ("Bob", 58)),
    )
)
MATHS = {
    "type": "object",
    "properties": {
        "reasoning_steps": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "step_number": {"type": "integer"},
                    "description": {"type": "string"},
                    "intermediate_result": {"type": "string"},
                },
                "required": ["step_number", "description", "intermediate_result"],
                "additionalProperties": False,
            },
        },
        "final_answer": {"type": "string"},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["reasoning_steps", "final_answer", "confidence"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class TrialAnswer:
    """One answer: whether it parses as JSON, fits the schema and is true, and its tokens."""

    prompt: str
    text: str
    parses: bool
    fits: bool
    true: bool
    tokens: int


@dataclass(frozen=True)
class JsonTrial:
    """What `json_trial` returns, shown as a table: {way of asking: its answers}."""

    answers: dict[str, tuple[TrialAnswer, ...]] = field(repr=False)

    def count(self, way: str, name: str) -> int:
        """The sum of one field, "parses", "fits", "true" or "tokens", over the answers of `way`."""
        return sum(getattr(answer, name) for answer in self.answers[way])

    def share(self, way: str, name: str) -> float:
        """`count` divided by the number of answers: ``share("JSON mode", "fits")`` is 0 to 1."""
        return self.count(way, name) / len(self.answers[way])

    def _rows(self) -> list[tuple[str, ...]]:
        """The table's cells, its head first."""
        rows = [("", "parses", "fits the schema", "is true", "tokens")]
        for way in self.answers:
            shares = [f"{self.share(way, name):.0%}" for name in ("parses", "fits", "true")]
            rows.append((way, *shares, f"{self.count(way, 'tokens'):,}"))
        return rows

    def _note(self) -> str:
        prompts = len(next(iter(self.answers.values())))
        return f"{prompts} prompts each, temperature 0; tokens: of all answers together"

    def __repr__(self) -> str:
        rows = self._rows()
        first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
        lines = []
        for way, *cells in rows:
            padded = [cell.rjust(width) for cell, width in zip(cells, others, strict=True)]
            lines.append("  ".join([way.ljust(first), *padded]))
        return "\n".join([*lines, self._note()])

    def _repr_html_(self) -> str:
        table = html_table(self._rows(), row_headings=True)
        return f"{table}<p>{html.escape(self._note())}</p>"


@checked
def json_trial(
    client,
    question: str,
    about: Annotated[Iterable[tuple[str, dict]], 1],
    model: type,
    max_tokens: Count = 24,
) -> JsonTrial:
    """Ask a Client `question`, with {} for the text, about each (text, facts), in three ways.

    The messages of the three ways are the same, and so is the temperature, 0; only response_format
    differs. An answer has at most `max_tokens`. It fits if it is JSON of `model`'s strict schema,
    and it is true if it also says exactly `facts`. Four texts are tried at a time.
    """
    if not callable(getattr(client, "chat", None)):
        raise ValueError(f"client must be a Client, as connect() returns, got {shown(client)}")
    if "{}" not in question:
        raise ValueError(f"question must have {{}} where the text goes, got {shown(question)}")
    strict = response_format(model)
    ways = {
        "plain prompting": None,
        "JSON mode": {"type": "json_object"},
        "Structured Outputs": strict,
    }
    schema = validator(strict["json_schema"]["schema"])

    def answers_to(pair: tuple[str, dict]) -> list[TrialAnswer]:
        text, facts = pair
        prompt = question.format(text)
        params = {"temperature": 0, "max_tokens": max_tokens}
        completions = [client.chat(prompt, response_format=way, **params) for way in ways.values()]
        return [_judged(prompt, completion, facts, schema) for completion in completions]

    about = list(about)
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(answers_to, about)
        # the bar clears itself, so that a stored lesson shows the table alone
        bar = tqdm(answers, total=len(about), unit="prompt", leave=False, file=sys.stdout)
        by_way = zip(*bar, strict=True)
        return JsonTrial(dict(zip(ways, by_way, strict=True)))


def _judged(prompt: str, completion, facts: dict, schema) -> TrialAnswer:
    try:
        value = json.loads(completion.text)
        parses = True
    except ValueError:
        value = None
        parses = False

    fits = parses and schema.is_valid(value)
    true = fits and value == facts
    tokens = completion.usage.completion_tokens
    return TrialAnswer(prompt, completion.text, parses, fits, true, tokens)
