"""Three ways to ask for JSON, tried on the same prompts: what parses, what fits the schema, what is
true, the cost.

`PEOPLE` are fifty sentences, ten names in five patterns: the age in digits (two), in words (two),
and not at all (one; then what is true is null).
"""

import html
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import jsonschema
from tqdm import tqdm

from samplers.api import Client, response_format

NAMES = ("Tom", "Ben", "Max", "Kim", "Anna", "Paul", "Jack", "Sam", "Jane", "Mark")
AGES = {7: "seven", 12: "twelve", 19: "nineteen", 25: "twenty-five", 34: "thirty-four", 41: "forty-one",
        58: "fifty-eight", 63: "sixty-three", 71: "seventy-one", 86: "eighty-six"}  # fmt: skip
PATTERNS = ("{name} is {age} years old.", "At {age}, {name} still swims.", "{name} turned {word} today.",
            "{name} is {word}.", "{name} lives in Rome.")  # fmt: skip


def _person(i: int, j: int) -> tuple[str, dict]:
    name, pattern, age = NAMES[i], PATTERNS[j], list(AGES)[(i + 3 * j) % len(AGES)]
    told = "{age}" in pattern or "{word}" in pattern
    return pattern.format(name=name, age=age, word=AGES[age]), {
        "name": name,
        "age": age if told else None,
    }


@dataclass(frozen=True)
class Tried:
    """One answer: does it parse as JSON, fit the schema, say what is true; `tokens` are those of
    the answer.
    """

    prompt: str
    text: str
    parses: bool
    fits: bool
    true: bool
    tokens: int


@dataclass(frozen=True)
class JsonTrial:
    """The answers of `json_trial` by way of asking, shown as a table. ``share("JSON mode",
    "fits")`` is 0 to 1.
    """

    answers: dict[str, tuple[Tried, ...]] = field(repr=False)

    def count(self, way: str, what: str) -> int:
        """The sum of `what` ("parses", "fits", "true", "tokens") over the answers of `way`."""
        return sum(getattr(tried, what) for tried in self.answers[way])

    def share(self, way: str, what: str) -> float:
        """`count` divided by the number of answers."""
        return self.count(way, what) / len(self.answers[way])

    def _rows(self) -> list[tuple[str, ...]]:
        shares = [
            (way, *(f"{self.share(way, what):.0%}" for what in ("parses", "fits", "true")))
            for way in self.answers
        ]
        return [("", "parses", "fits the schema", "is true", "tokens"),
                *((*row, f"{self.count(row[0], 'tokens'):,}") for row in shares)]  # fmt: skip

    def _note(self) -> str:
        return f"{len(next(iter(self.answers.values())))} prompts each, temperature 0; tokens: of all answers together"

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
            for row in rows
        ]
        return "\n".join([*lines, self._note()])

    def _repr_html_(self) -> str:
        head, *rows = [[html.escape(cell) for cell in row] for row in self._rows()]
        titles = "".join(f'<th scope="col">{cell}</th>' for cell in head)
        body = "".join(f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
                       for first, *rest in rows)  # fmt: skip
        return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table><p>{html.escape(self._note())}</p>"


def json_trial(client: Client, question: str, about: Iterable[tuple[str, dict]], model: type, max_tokens: int = 24,
               progress: bool = True) -> JsonTrial:  # fmt: skip
    """Asks `question` (with {} for the text) about each (text, facts), three ways, at temperature
    0, four at a time.

    The messages of the three ways are the same, only response_format differs. An answer of at most
    `max_tokens` fits if it is JSON of `model`'s strict schema, and is true if it says exactly
    `facts`.
    """
    strict = response_format(model)
    ways = {
        "plain prompting": None,
        "JSON mode": {"type": "json_object"},
        "Structured Outputs": strict,
    }
    schema = jsonschema.Draft202012Validator(strict["json_schema"]["schema"])

    def try_all(pair: tuple[str, dict]) -> list[Tried]:
        prompt = question.format(pair[0])
        ask = {"temperature": 0, "max_tokens": max_tokens}
        found = [client.chat(prompt, response_format=way, **ask) for way in ways.values()]
        return [
            Tried(prompt, c.text, *_judge(c.text, pair[1], schema), c.usage.completion_tokens)
            for c in found
        ]

    about = list(about)
    with ThreadPoolExecutor(4) as pool:
        how = {
            "total": len(about),
            "unit": "prompt",
            "leave": False,
            "file": sys.stdout,
            "disable": not progress,
        }
        # it clears itself: a stored lesson shows the table alone
        bar = tqdm(pool.map(try_all, about), **how)
        return JsonTrial(dict(zip(ways, zip(*bar, strict=True), strict=True)))


def _judge(
    text: str, facts: dict, schema: jsonschema.Draft202012Validator
) -> tuple[bool, bool, bool]:
    try:
        value = json.loads(text)
    except ValueError:
        return False, False, False
    fits = schema.is_valid(value)
    return True, fits, fits and value == facts


PEOPLE = tuple(_person(i, j) for i in range(len(NAMES)) for j in range(len(PATTERNS)))
