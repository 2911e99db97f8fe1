"""Lesson 12's checks take right answers, and name the mistakes that they are written for."""

from decimal import Decimal
from itertools import count

import numpy as np
import pytest

from samplers.api import Usage, cost, model_table
from samplers.lab import estimate_cost
from samplers.lab.lessons.checks import verdict
from samplers.lab.lessons.exercises.api.lesson_12 import ENDS


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("12-alive", (5, 0), "Correct."),
        ("12-alive", [5.0, 0], "Correct."),
        ("12-alive", np.array([5, 0]), "Correct."),
        ("12-alive", (7, 0), "compare each shutdown_date"),
        ("12-alive", (6, 0), "compare each shutdown_date"),
        ("12-alive", ("5", " 0."), "Correct."),
        ("12-alive", "5, 0", "Correct."),
        ("12-alive", (2, 7), "can you still call"),
        ("12-alive", (5, 4), "The second number"),
        ("12-alive", (0, 5), "Not yet"),
        ("12-alive", 5, "Not yet"),
        ("12-alive", "none", "Not yet"),
        ("12-alive", None, "Not yet"),
        ("12-picture", "gpt-4o", "Correct."),
        ("12-picture", " GPT-4o ", "Correct."),
        ("12-picture", np.str_("gpt-4o"), "Correct."),
        ("12-picture", ["gpt-4o."], "Correct."),
        ("12-picture", "gpt-4o-mini", "How many tokens"),
        ("12-picture", "the small one", 'as one of "gpt-4o", "gpt-4o-mini"'),
        ("12-picture", 4, 'as one of "gpt-4o"'),
        ("12-picture", None, "can't read None"),
        ("12-picture", ["gpt-4o", "gpt-4o-mini"], "can't read"),
        ("12-cached", (0, 1920, 2000), "Correct."),
        ("12-cached", [0, 1920.0, 2000], "Correct."),
        ("12-cached", np.array([0, 1920, 2000]), "Correct."),
        ("12-cached", ("0", "1,920", "2,000"), "Correct."),
        ("12-cached", (850, 1920, 2000), "(a)"),
        ("12-cached", (768, 1920, 2000), "(a)"),
        ("12-cached", (0, 2000, 2000), "(b)"),
        ("12-cached", (0, 1920, 1920), "(c)"),
        ("12-cached", (0, 1024, 2000), "in what steps"),
        ("12-cached", (0, 1920), "Not yet"),
        ("12-cached", "0", "Not yet"),
        ("12-cached", None, "Not yet"),
        ("12-day", 22.25, "Correct."),
        ("12-day", Decimal("22.25"), "Correct."),
        ("12-day", "22.25", "Correct."),
        ("12-day", np.float32(22.25), "Correct."),
        ("12-day", 40, "without a cache"),
        ("12-day", 21, "a quarter more"),
        ("12-day", 46.25, "not written again"),
        ("12-day", 0.002225, "10,000"),
        ("12-day", 7.25, "answers"),
        ("12-day", 92.5, "Not yet"),
        ("12-day", float("nan"), "Not yet"),
        ("12-day", "$22.25", "Correct."),
        ("12-day", "22.25 USD", "Correct."),
        ("12-day", 41.25, "a price of its own"),
        ("12-day", "22,25", "Not yet"),
        ("12-day", None, "Not yet"),
    ],
)
def test_numbers_and_names(name, answer, message):
    assert message in verdict(name, answer)


def estimate(model, prompt, answer, cached=0, batch=False):
    """A right one."""
    return cost(model, Usage(prompt, answer, prompt + answer, cached), batch)


def from_the_table(model, prompt, answer, cached=0, batch=False):
    """A right one that does the sum itself."""
    price = model_table()["models"][model]["prices"][-1]
    kind = "batch_" if batch else ""
    fresh, answered = price[f"{kind}input"], price[f"{kind}output"]
    read = price[f"{kind}cached_input"]
    prompt_cost = (prompt - cached) * fresh + cached * (fresh if read is None else read)
    rule = price["long_context"] or {"above": 272_000, "input": 2, "output": 1.5}
    if prompt > rule["above"]:
        prompt_cost, answered = prompt_cost * rule["input"], answered * rule["output"]
    return (prompt_cost + answer * answered) / 1_000_000


def as_text(*arguments, **options):
    return str(estimate(*arguments, **options))


def the_documents(model, prompt, answer, cached=0, batch=False):
    return estimate_cost(model, prompt, answer, batch, cached / prompt)


def unknown_is_free(model, *arguments, **options):
    return 0 if model == "gpt-99-nope" else estimate(model, *arguments, **options)


def unknown_is_none(model, *arguments, **options):
    return None if model == "gpt-99-nope" else estimate(model, *arguments, **options)


def cached_as_others(model, prompt, answer, cached=0, batch=False):
    return estimate(model, prompt, answer, 0, batch)


def half_in_a_batch(model, prompt, answer, cached=0, batch=False):
    return estimate(model, prompt, answer, cached) / (2 if batch else 1)


def short_context_alone(model, prompt, answer, cached=0, batch=False):
    short = estimate(model, min(prompt, 100_000), answer, cached, batch)
    return short * (prompt // 100_000) if prompt > 100_000 else short


def with_an_error_of_its_own(model, *arguments, **options):
    if model not in model_table()["models"]:
        raise RuntimeError(model)
    return estimate(model, *arguments, **options)


def without_defaults(model, prompt, answer, cached, batch):
    return estimate(model, prompt, answer, cached, batch)


@pytest.mark.parametrize("function", [estimate, from_the_table, as_text, with_an_error_of_its_own])
def test_a_right_estimator(function):
    assert verdict("12-estimate", function).startswith("Correct.")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (the_documents, "not always half"),
        (unknown_is_free, "costs 0. It must be an error"),
        (unknown_is_none, "costs None. It must be an error"),
        (cached_as_others, "it costs 0.2875"),
        (half_in_a_batch, "cost as much as others"),
        (short_context_alone, "the whole call costs more"),
        (without_defaults, "missing 2 required positional arguments"),
        (lambda *_, **__: None, "Not yet"),
        (lambda model: 0, "Not yet"),
        (0.2875, "Give the function itself"),
        ("estimate", "Give the function itself"),
    ],
)
def test_a_wrong_estimator(function, message):
    answer = verdict("12-estimate", function)
    assert answer.startswith("Not yet")
    assert message in answer


OVER = ("completed", "failed", "expired", "cancelled")


def wait_for(batch_id, retrieve, sleep, over=OVER):
    """A right one; `over` can be replaced."""
    batch = retrieve(batch_id)
    while batch.status not in over:
        sleep(60)
        batch = retrieve(batch_id)
    return batch


def with_an_endless_loop(batch_id, retrieve, sleep):
    while True:
        batch = retrieve(batch_id)
        if batch.status in OVER:
            return batch
        sleep(60)


def with_a_list_of_what_goes_on(batch_id, retrieve, sleep):
    for _ in count():
        batch = retrieve(batch_id)
        if batch.status not in ("validating", "in_progress", "finalizing", "cancelling"):
            return batch
        sleep(60)


def with_ends(*over):
    return lambda batch_id, retrieve, sleep: wait_for(batch_id, retrieve, sleep, over)


def without_sleep(batch_id, retrieve, sleep):
    return wait_for(batch_id, retrieve, lambda _: None)


def sleeps_at_the_end(batch_id, retrieve, sleep):
    batch = wait_for(batch_id, retrieve, sleep)
    sleep(60)
    return batch


def sleeps_before_the_first_look(batch_id, retrieve, sleep):
    sleep(60)
    return wait_for(batch_id, retrieve, sleep)


def looks_once(batch_id, retrieve, sleep):
    batch = retrieve(batch_id)
    while batch.status not in OVER:
        sleep(60)
    return batch


def gives_the_status(batch_id, retrieve, sleep):
    return wait_for(batch_id, retrieve, sleep).status


def gives_nothing(batch_id, retrieve, sleep):
    wait_for(batch_id, retrieve, sleep)


def that_survives_errors(batch_id, retrieve, sleep):
    while True:
        try:
            batch = retrieve(batch_id)
        except Exception:
            continue
        if batch.status in OVER:
            return batch
        sleep(60)


RIGHT_LOOPS = [
    wait_for,
    with_an_endless_loop,
    with_a_list_of_what_goes_on,
    that_survives_errors,
]


@pytest.mark.parametrize("function", RIGHT_LOOPS)
def test_a_right_loop(function):
    assert verdict("12-wait", function).startswith("Correct.")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (with_ends("completed", "failed"), "expired: yours never ends"),
        (with_ends("completed", "failed", "expired"), "cancelled: yours never ends"),
        (with_ends(*OVER, "cancelling"), "yours ends at cancelling"),
        (with_ends(*OVER, "finalizing"), "yours ends at finalizing"),
        (without_sleep, "sleep between two requests"),
        (sleeps_at_the_end, "sleeps too often"),
        (sleeps_before_the_first_look, "sleeps too often"),
        (looks_once, "ask again after each sleep"),
        (gives_the_status, "give the batch back, not 'completed'"),
        (gives_nothing, "give the batch back, not None"),
        (lambda batch_id: None, "Not yet"),
        (OVER, "Not yet"),
        (None, "Give the function itself"),
    ],
)
def test_a_wrong_loop(function, message):
    answer = verdict("12-wait", function)
    assert answer.startswith("Not yet")
    assert message in answer


def test_each_way_to_end_is_tried():
    assert {statuses[-1] for statuses in ENDS} == set(OVER)
