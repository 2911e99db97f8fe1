"""The explorer over a live model: what code does, and what a person's messages do."""

from threading import Event, current_thread

import numpy as np
import pytest
from toy_endpoint import ToyEndpoint

from samplers import Distribution, repetition_penalty, softmax
from samplers.api import APIError
from samplers.lab import explore
from samplers.lab.explorer.live import Question

FRANCE = "What is the capital of France?"
WAIT = 60  # seconds; a busy machine is slow


@pytest.fixture
def explorer(client):
    return explore(client, FRANCE)


def message(explorer, **content) -> None:
    """What the browser sends when a person does something."""
    data = {"method": "custom", "content": content}
    explorer.widget.comm.handle_msg({"content": {"data": data}, "buffers": []})


def names_of(explorer) -> list[str]:
    """The tokens' names as the browser has them."""
    return explorer.widget.names.split("\n")


class Told:
    """Collects what the browser is told of one value; `next()` waits for it."""

    def __init__(self, explorer, name: str):
        self.changed = Event()
        self.name = name
        self.widget = explorer.widget
        self.widget.observe(lambda change: self.changed.set(), name)

    def next(self):
        assert self.changed.wait(WAIT)
        self.changed.clear()
        return getattr(self.widget, self.name)


def test_code_types_a_prompt_and_reads_the_new_distribution(client, explorer):
    expected = client.next_token(FRANCE, top="all")
    assert explorer.prompt.value == FRANCE
    np.testing.assert_allclose(explorer.dist.logprobs, expected.logprobs, atol=0.05)
    assert explorer.text == ""

    explorer.prompt.value = "Say the word yes."
    assert explorer.widget.prompt == "Say the word yes."
    assert np.abs(explorer.dist.logprobs - expected.logprobs).max() > 0.5
    assert explorer.dist.logprobs[explorer.kept[0]] == explorer.dist.logprobs.max()


def test_a_token_is_appended_and_taken_back(client, explorer):
    first = explorer.dist
    best = first.ids[int(np.argmax(first.logprobs))]
    explorer.append(best)
    assert explorer.ids == (best,)
    assert explorer.text == first.bytes[best].decode()
    assert explorer.widget.answer == [first.tokens[best]]
    expected = client.next_token(FRANCE, "all", [best])
    np.testing.assert_allclose(explorer.dist.logprobs, expected.logprobs, atol=0.05)

    explorer.back()
    assert explorer.ids == ()
    np.testing.assert_allclose(explorer.dist.logprobs, first.logprobs, atol=0.05)
    explorer.back()
    assert explorer.text == ""


def test_penalties_count_the_answer_and_sliders_stay(explorer):
    explorer.presence_penalty.value = 2
    explorer.append(500)
    explorer.append(500)
    assert explorer.state.counts[500] == 2
    assert explorer.widget.counts == [[500, 2]]
    assert explorer.state.params.presence_penalty == 2
    explorer.draw_button.click()
    assert explorer.drawn.sum() == 1000
    explorer.back()
    assert explorer.drawn is None


def test_messages_before_the_prompt_stay(client):
    system = {"role": "system", "content": "Answer in French."}
    explorer = explore(client, [system, {"role": "user", "content": "Good morning!"}])
    expected = client.next_token([system, {"role": "user", "content": "Good night!"}], top="all")
    explorer.prompt.value = "Good night!"
    np.testing.assert_allclose(explorer.dist.logprobs, expected.logprobs, atol=0.05)


def test_a_person_types_and_chooses_while_the_kernel_is_free(explorer, monkeypatch):
    threads = []
    ask = explorer.client.next_token

    def asked(*args, **options):
        threads.append(current_thread())
        return ask(*args, **options)

    monkeypatch.setattr(explorer.client, "next_token", asked)
    told = Told(explorer, "logits")
    message(explorer, do="prompt", text="Say the word yes.")
    told.next()
    assert explorer.prompt.value == "Say the word yes."

    best = int(np.argmax(explorer.dist.logprobs))
    message(explorer, do="append", id=best, name=names_of(explorer)[best])
    told.next()
    assert explorer.ids == (best,)
    message(explorer, do="back")
    told.next()
    assert explorer.ids == ()
    assert current_thread() not in threads


def test_quick_clicks_are_all_kept_and_only_the_newest_is_shown(explorer):
    names = names_of(explorer)
    shown = []
    last = Event()

    def on_answer(change):
        shown.append(change["new"])
        if len(change["new"]) == 3:
            last.set()

    explorer.widget.observe(on_answer, "answer")
    for token in (500, 501, 502):
        message(explorer, do="append", id=token, name=names[token])
    assert last.wait(WAIT)
    assert explorer.ids == (500, 501, 502)
    assert shown == [[names[500], names[501], names[502]]]


def test_a_newer_prompt_ends_the_older_request_and_nothing_is_said_of_that(explorer, monkeypatch):
    ended = []
    errors = []
    ask = explorer.client.next_token

    def asked(*args, **options):
        try:
            return ask(*args, **options)
        except APIError as error:
            ended.append(error.code)
            raise

    monkeypatch.setattr(explorer.client, "next_token", asked)
    explorer.widget.observe(lambda change: errors.append(change["new"]), "error")
    told = Told(explorer, "prompt")
    for number in range(10):  # the long one is nearly always begun: it takes seconds to read
        short = f"Say the number {number}."
        message(explorer, do="prompt", text="word " * 900)
        message(explorer, do="prompt", text=short)
        while told.next() != short:
            pass
        if ended:
            break
    assert set(ended) == {"replaced"}
    assert errors == []


def test_a_call_from_code_is_made_again_if_an_older_request_comes_late(explorer, monkeypatch):
    calls = []
    ask = explorer.client.next_token

    def overtaken(*args, **options):
        calls.append(args)
        if len(calls) == 1:
            raise APIError(409, "A newer request has replaced this one.", code="replaced")
        return ask(*args, **options)

    monkeypatch.setattr(explorer.client, "next_token", overtaken)
    explorer.prompt.value = "Hello"
    assert explorer.prompt.value == "Hello"
    assert calls[0] == calls[1]


def test_a_prompt_that_is_typed_back_keeps_the_answer(explorer):
    explorer.append(500)
    message(explorer, do="prompt", text=FRANCE)
    assert explorer._wanted.answer == explorer._shown.answer
    assert explorer.ids == (500,)


def test_a_repetition_penalty_acts_on_the_models_own_logits(client, explorer):
    explorer.append(500)
    explorer.append(500)
    explorer.repetition_penalty.value = 1.5
    logits = client.next_token(FRANCE, "all", [500, 500]).logits
    counts = np.bincount([500], minlength=len(logits))
    expected = softmax(repetition_penalty(logits, counts, 1.5))
    np.testing.assert_allclose(explorer.state.probs, expected, atol=1e-4)


def test_an_error_of_the_endpoint_is_shown_in_words(explorer, monkeypatch):
    def refuse(*args, **options):
        raise APIError(503, "the endpoint is tired")

    before = explorer.dist
    told = Told(explorer, "error")
    with monkeypatch.context() as patch:
        patch.setattr(explorer.client, "next_token", refuse)
        message(explorer, do="prompt", text="Hello")
        assert "the endpoint is tired" in told.next()
        with pytest.raises(APIError):
            explorer.prompt.value = "Hello"
    assert explorer.prompt.value == FRANCE
    assert explorer.dist is before
    message(explorer, do="prompt", text="Hello")
    assert told.next() == ""


def test_a_click_on_a_token_that_is_no_longer_there_does_nothing(explorer):
    message(explorer, do="append", id=500, name="another one")
    assert explorer.ids == ()
    assert explorer.widget.error == ""


def test_abroad_all_listed_tokens_are_shown_and_the_rest_is_named():
    explorer = explore(ToyEndpoint().client(), "1 2 3")
    assert explorer.widget.top == len(explorer.dist) == 20
    assert "lists 20 tokens" in explorer.widget.note
    assert f"{explorer.dist.unseen:.3f}" in explorer.widget.note
    with pytest.raises(ValueError, match="reports no token ids"):
        explorer.append(1)
    message(explorer, do="append", id=0, name=names_of(explorer)[0])
    assert "reports no token ids" in explorer.widget.error


def test_a_bias_on_a_token_that_a_short_list_lacks_is_named_and_nothing_changes():
    explorer = explore(ToyEndpoint().client(), "1 2 3")
    explorer.logit_bias.value = f"{names_of(explorer)[-1]} 5"
    dist, state = explorer.dist, explorer.state
    other = Distribution(("x", "y"), np.log([0.5, 0.25]), unseen=0.25)
    with pytest.raises(ValueError, match="logit_bias must be tokens of this distribution"):
        explorer._show(Question("4", ()), other)
    assert explorer.dist is dist
    assert explorer.state is state
    assert explorer.prompt.value == "1 2 3"
    explorer.draw_button.click()
    assert len(explorer.drawn) == len(dist)


@pytest.mark.parametrize("bad", [None, 3, [], [{"role": "assistant", "content": "x"}]])
def test_a_prompt_that_is_none_is_named(client, bad):
    with pytest.raises(ValueError, match="prompt must be"):
        explore(client, bad)


def test_what_cannot_be_appended_is_named(explorer):
    for bad in (-1, 10**9, "The", 1.5, True):
        with pytest.raises(ValueError, match="id must be of a token in the distribution, got"):
            explorer.append(bad)
    with pytest.raises(ValueError, match="prompt must be a text, got 3"):
        explorer.prompt.value = 3
