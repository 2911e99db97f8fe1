"""What a class would pay at OpenAI for the requests that were counted: the guide's table.

`python tests/helpers/class_cost.py 00 01 02` prints it, and what to say of these lessons.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

from samplers.api import Usage, cost, model_table, usd

RECORD = Path(__file__).parents[1] / "data" / "lesson_requests.json"
LEARNERS = 30
MODELS = ("gpt-6-luna", "gpt-6-sol")  # the cheapest that takes a temperature, and a bigger one


def table() -> str:
    """The table in Markdown: a row for each lesson that asks the class's endpoint, and the sum."""
    lessons = {number: row for number, row in counted().items() if row["requests"]}
    names = ("requests", "prompt_tokens", "completion_tokens")
    sums = {name: sum(row[name] for row in lessons.values()) for name in names}
    heads = " | ".join(f"thirty at `{model}`" for model in MODELS)
    lines = [
        f"| lesson | requests | tokens in | tokens out | {heads} |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(number, row) for number, row in lessons.items()]
    lines.append(_row("together", sums))
    return "\n".join(lines)


def notes(numbers: list[str]) -> str:
    """What the guide must say of the lessons with these numbers that were not counted so."""
    found = counted()
    tested = [number for number in numbers if found.get(number, {}).get("with_tests")]
    missing = [number for number in numbers if number not in found]
    said = []
    if tested:
        said.append(f"With the cells that only test the lesson: {', '.join(tested)}.")
    if missing:
        said.append(f"Not counted yet: {', '.join(missing)}.")
    return " ".join(said)


def counted() -> dict[str, dict]:
    """{lesson: the requests and tokens of one learner}, as they were recorded."""
    return json.loads(RECORD.read_text("utf-8"))


def class_cost(model: str, row: dict) -> Decimal:
    """USD for thirty learners, at the prices of the table's own date."""
    prompt, answer = row["prompt_tokens"], row["completion_tokens"]
    usage = Usage(prompt, answer, prompt + answer)
    return LEARNERS * cost(model, usage, on=model_table()["date"])


def _row(name: str, row: dict) -> str:
    counts = " | ".join(
        f"{row[each]:,}" for each in ("requests", "prompt_tokens", "completion_tokens")
    )
    bills = " | ".join(rf"\{usd(class_cost(model, row), 3)}" for model in MODELS)
    return f"| {name} | {counts} | {bills} |"


if __name__ == "__main__":
    print(table())
    print(notes(sys.argv[1:]))
    sys.exit()
