"""Which models of the table can do a task, in which order, and why the others cannot."""

from decimal import Decimal

import pytest

from samplers.api import Task, choose


def order(ranking) -> list[str]:
    return [candidate.model for candidate in ranking.candidates]


def test_the_cheapest_first_and_the_cost_of_all_calls():
    ranking = choose(Task(2000, 300, calls=1000))
    cheapest = {found.model: found.cost for found in ranking.candidates[:4]}
    assert cheapest == {
        "gpt-5-nano": Decimal("0.22"),  # 2,000,000 at 0.05 and 300,000 at 0.40
        "gpt-6-luna": Decimal("0.35"),  # at 0.10 and 0.50
        "claude-haiku-5-5": Decimal("0.35"),
        "gpt-4o-mini": Decimal("0.48"),  # at 0.15 and 0.60
    }
    costs = [found.cost for found in ranking.candidates]
    assert costs == sorted(costs)


def test_every_model_is_ranked_or_excluded_with_a_reason():
    ranking = choose(Task(2000, 300))
    # all but the simulated one
    assert len(ranking.candidates) + len(ranking.excluded) == 45
    assert ranking.excluded["o4-mini"] == "was shut down on 2026-10-23"
    assert ranking.excluded["deepseek-flash"] == "its price in USD is not known"
    assert ranking.excluded["gpt-5-pro"] == "its context is not known"
    assert ranking.excluded["gemini-4-hydrogen"] == "its longest answer is not known"


def test_the_budget_is_for_all_calls():
    ranking = choose(Task(2000, 300, calls=1000), budget=0.35)
    assert order(ranking) == ["gpt-5-nano", "gpt-6-luna", "claude-haiku-5-5"]
    assert ranking.excluded["gpt-4o-mini"] == "costs $0.48, $0.13 more than the budget"
    assert order(choose(Task(2000, 300), budget=0)) == []

    # what is left of a client's budget
    ranking = choose(Task(2000, 300, calls=1000), budget=Decimal("0.349"))
    assert ranking.excluded["gpt-6-luna"] == "costs $0.35, $0.0010 more than the budget"


def test_a_long_prompt():
    ranking = choose(Task(300_000, 1000))
    assert ranking.excluded["o3"] == "its context is 200,000 tokens, and the task needs 301,000"
    assert ranking.excluded["gpt-5.4-mini"] == "its price of so long a prompt is not known"
    (luna,) = [found for found in ranking.candidates if found.model == "gpt-6-luna"]
    assert luna.cost == Decimal("0.06075")  # 300,000 at 0.20, 1,000 at 0.75
    assert luna.why.endswith("times 2 and 1.5 above 272,000 tokens")


def test_the_longest_prompt_is_shorter_than_the_context():
    """The context of 1,050,000 tokens keeps 128,000 for the answer."""
    assert "gpt-6-luna" in order(choose(Task(922_000, 100)))
    ranking = choose(Task(922_001, 100))
    reason = "its longest prompt is 922,000 tokens, and the task needs 922,001"
    assert ranking.excluded["gpt-6-luna"] == reason
    assert "gpt-4.1" in order(ranking)


def test_a_long_answer():
    ranking = choose(Task(1000, 20_000))
    reason = "its longest answer is 16,384 tokens, and the task needs 20,000"
    assert ranking.excluded["gpt-4o"] == reason
    assert "gpt-4.1" in order(ranking)


def test_a_task_that_needs_reasoning():
    ranking = choose(Task(1000, 1000, reasons=True))
    assert ranking.excluded["gpt-4o"] == "does not reason"
    assert ranking.excluded["glm-5.3"] == "whether it reasons is not known"
    assert {"o3", "gpt-6-luna"} < set(order(ranking))


def test_a_picture_makes_the_mini_dearer_than_the_large_one():
    """36,835 tokens there and 1,105 beside it; where they are not known, nothing is guessed."""
    ranking = choose(Task(100, 10, image=(1920, 1080), detail="high"))
    costs = {found.model: found.cost for found in ranking.candidates}
    assert costs["gpt-4o-mini"] == Decimal("0.00554625")  # 36,935 at 0.15, 10 at 0.60
    assert costs["gpt-4.1"] == Decimal("0.00249")  # 1,205 at 2, 10 at 8
    assert ranking.excluded["gpt-6-luna"] == "its tokens of such a picture are not known"


def test_cached_tokens_and_a_batch():
    task = Task(10_000, 100, cached_tokens=8_000)
    costs = {found.model: found.cost for found in choose(task).candidates}
    assert costs["gpt-4o"] == Decimal("0.016")  # 2,000 at 2.50, 8,000 at 1.25, 100 at 10
    batch = choose(Task(10_000, 100, cached_tokens=8_000, batch=True))
    costs = {found.model: found.cost for found in batch.candidates}
    assert costs["gpt-4o"] == Decimal("0.013")  # 10,000 at 1.25, 100 at 5
    assert batch.excluded["claude-opus-5-5"] == "its price in a batch is not known"


def test_the_table_says_why():
    ranking = choose(Task(2000, 300, calls=1000))
    lines = repr(ranking).splitlines()
    assert lines[0].split() == ["model", "all", "calls", "why"]
    mini = next(line for line in lines if line.startswith("gpt-4o-mini"))
    assert mini.split(maxsplit=2)[1:] == [
        "$0.48",
        "2,000 + 300 tokens a call at 0.15 and 0.6 USD a million; is shut down on 2027-01-14",
    ]
    page = ranking._repr_html_()
    assert page.count("<tr>") == len(lines) == 46
    assert "<td>gpt-4o-mini</td><td>$0.48</td>" in page


def test_why_names_each_rate_of_the_sum():
    """Two models differ in their price of cached tokens alone, and the table shows it."""
    task = Task(10_000, 300, calls=100, cached_tokens=8_000)
    why = {found.model: found.why for found in choose(task).candidates}
    beside = "10,000 (8,000 cached at {}) + 300 tokens a call at 2 and 10 USD a million"
    assert why["gpt-6.2-sol"] == beside.format("0.1")
    assert why["gpt-6-sol"] == beside.format("0.2")

    task = Task(100, 10, cached_tokens=50, image=(1920, 1080), detail="high", batch=True)
    why = {found.model: found.why for found in choose(task).candidates}
    assert why["gpt-4o"].startswith(
        "1,205 (1,105 of the picture, 50 cached at 1.25) + 10 tokens a call at 1.25 and 5 USD"
    )


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"prompt_tokens": 0}, "prompt_tokens"),
        ({"completion_tokens": 1.5}, "completion_tokens"),
        ({"calls": -1}, "calls"),
        ({"cached_tokens": 11}, "cached_tokens"),
        ({"image": (0, 5)}, "a side of image"),
        ({"image": 1920}, "image"),
        ({"detail": "hgh"}, "detail"),
        ({"reasons": "no"}, "reasons"),
        ({"batch": 1}, "batch"),
    ],
)
def test_what_is_no_task(wrong, name):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        Task(**{"prompt_tokens": 10, "completion_tokens": 10} | wrong)


@pytest.mark.parametrize("task", ["translate", None, (2000, 300)])
def test_a_task_is_a_task(task):
    with pytest.raises(ValueError, match=r"^task must be a Task, got"):
        choose(task)


@pytest.mark.parametrize("budget", [-1, "1", float("nan"), Decimal("NaN"), True])
def test_what_is_no_budget(budget):
    with pytest.raises(ValueError, match=r"^budget must be"):
        choose(Task(1, 1), budget)
