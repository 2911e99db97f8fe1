"""`python -m tests.bench.sums`: fifty one-digit sums, and what stands in for temperature 0.

It prints how many of them each way got right and what it cost in tokens; `--save` writes the record
that lesson 15 shows. It takes some minutes.
"""

import argparse
import datetime
import json
from collections.abc import Iterator
from pathlib import Path

from samplers.api import Choice, Client, Completion, gather, start_local
from samplers.lab import SUMS, ask_sum, majority, number_in

RECORD = Path(__file__).parents[2] / "samplers/lab/lessons/data/fifty_sums.json"
FORMS = {"alone": False, "after four examples": True}
ANSWER = 64  # the most tokens of an answer: the same for each way
DRAWS = 5
# The most tokens of thoughts and answer together: the thoughts' own most, and an answer's.
LIMITS = {"low": 32 + ANSWER}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sums", description=__doc__)
    parser.add_argument("--save", action="store_true", help=f"write {RECORD.name}")
    save = parser.parse_args().save

    with start_local() as client:
        model = client.model
        rows = []
        for name, shown in FORMS.items():
            for row in measured(client, name, shown):
                rows.append(row)
                head = f"{row['form']:20} {row['way']:32} {row['right']:3}"
                cut = f"{row['cut']} of {row['answers']} cut"
                print(f"{head} {row['tokens']:6,} tokens, {cut}", flush=True)
    if save:
        head = {"measured_by": "python -m tests.bench.sums --save", "model": model}
        head |= {"date": f"{datetime.date.today()}", "sums": len(SUMS), "draws": DRAWS}
        RECORD.write_text(json.dumps(head | {"rows": rows}, indent=1) + "\n", "utf-8")


def measured(client: Client, form: str, examples: bool) -> Iterator[dict]:
    """A row for each way to answer: how many sums are right, and the tokens written for all."""

    def row(way: str, numbers: list[int | None], answers: list[Completion]) -> dict:
        pairs = zip(numbers, SUMS, strict=True)
        right = sum(number == a + b for number, (a, b) in pairs)
        written = [answer.usage for answer in answers]
        tokens = sum(usage.completion_tokens for usage in written)
        thoughts = sum(usage.reasoning_tokens for usage in written)
        choices = [choice for answer in answers for choice in answer.choices]
        cut = sum(choice.finish_reason == "length" for choice in choices)
        counts = {"right": right, "tokens": tokens, "thoughts": thoughts}
        return {"form": form, "way": way} | counts | {"answers": len(choices), "cut": cut}

    greedy = asked(client, examples, temperature=0)
    yield row("greedy", [number_in(answer.text) for answer in greedy], greedy)

    single = asked(client, examples)
    yield row("one draw", [number_in(answer.text) for answer in single], single)

    drawn = asked(client, examples, n=DRAWS, logprobs=True)
    found = [[number_in(choice.text) for choice in answer.choices] for answer in drawn]
    yield row("a vote of five draws", [majority(numbers) for numbers in found], drawn)

    best = [max(answer.choices, key=mean_logprob) for answer in drawn]
    yield row("the likeliest of five draws", [number_in(choice.text) for choice in best], drawn)

    checked = [
        a + b if a + b in numbers else None for numbers, (a, b) in zip(found, SUMS, strict=True)
    ]
    yield row("five draws and a check", checked, drawn)

    # asked alone there is no row to compare thoughts with: lesson 15 shows what they do to examples
    for effort, limit in LIMITS.items() if examples else ():
        thought = asked(client, examples, limit, effort)
        numbers = [number_in(answer.text) for answer in thought]
        yield row(f"one draw, effort {effort}", numbers, thought)


def asked(
    client: Client, examples: bool, limit: int = ANSWER, effort: str = "none", **params
) -> list[Completion]:
    """The answers to all sums, each with a seed of its own."""
    params |= {"model": f"{client.model}-reasoning", "reasoning_effort": effort}
    requests = [
        params | {"messages": ask_sum(a, b, examples), "seed": seed, "max_completion_tokens": limit}
        for seed, (a, b) in enumerate(SUMS)
    ]
    found = gather(client, requests, concurrency=4, progress=False)
    errors = [each.error for each in found if each.error]
    if errors:
        raise errors[0]
    return [each.answer for each in found]


def mean_logprob(choice: Choice) -> float:
    """Of a choice's tokens; an answer without any is the worst."""
    logprobs = [token.logprob for token in choice.logprobs or ()]
    return sum(logprobs) / len(logprobs) if logprobs else float("-inf")


if __name__ == "__main__":
    main()
