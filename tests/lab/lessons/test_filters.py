"""The document's filter as it is, and the trial that counts what a filter misses."""

from types import SimpleNamespace

import numpy as np
import pytest

from samplers.lab import FILTER_TEXTS, document_filter, filter_trial

BLOCKED = {"safety_blocked": True, "reason": "Input filtered"}
EMPTY = {"safety_blocked": True, "reason": "Output was empty"}


class Answering:
    """In the place of OpenAI's client: every answer is `text`. It keeps what it was sent."""

    def __init__(self, text):
        self.text = text
        self.sent = []
        self.chat = self.completions = self

    def create(self, **fields):
        self.sent.append(fields)
        message = SimpleNamespace(content=self.text)
        return SimpleNamespace(choices=[SimpleNamespace(message=message)])


def test_the_documents_filter_and_what_passes_it():
    safe_chat = document_filter(lambda text: "kill" in text, str.isspace)
    sdk = Answering("I will kill them")
    assert safe_chat(sdk, [{"role": "user", "content": "kill"}]) == BLOCKED
    assert sdk.sent == []

    parts = [{"role": "user", "content": [{"type": "text", "text": "kill"}]}]
    answer = safe_chat(sdk, parts, model="m")
    assert sdk.sent == [{"messages": parts, "model": "m"}]
    assert answer.choices[0].message.content == "I will kill them"


@pytest.mark.parametrize("text", [None, "", "  "])
def test_the_document_calls_an_answer_of_calls_empty(text):
    safe_chat = document_filter(lambda text: False, str.isspace)
    assert safe_chat(Answering(text), [{"role": "user", "content": "hi"}]) == EMPTY


def test_the_trial_sorts_each_text_once():
    texts = [("kill", True), ("k1ll", True), ("kill it", False), ("<b>", False), ("a", False)]
    trial = filter_trial(lambda text: "kill" in text, texts)
    assert (trial.found, trial.misses) == (("kill",), ("k1ll",))
    assert (trial.false_alarms, trial.passed) == (("kill it",), ("<b>", "a"))
    assert "missed: k1ll\nfalse alarm: kill it" in repr(trial)
    assert "<li>k1ll</li>" in trial._repr_html_()


def test_what_is_in_a_text_is_no_html():
    assert "&lt;b&gt;" in filter_trial(lambda text: True, [("<b>", False)])._repr_html_()


def test_the_texts():
    texts = [text for text, _ in FILTER_TEXTS]
    assert len(set(texts)) == 40
    assert sum(unsafe for _, unsafe in FILTER_TEXTS) == 20


def test_the_word_list_misses_and_raises_false_alarms(client):
    """So that the lesson has both to show; each text goes through the endpoint."""
    verdicts = client.moderate([text for text, _ in FILTER_TEXTS])
    flagged = {text: v.flagged for (text, _), v in zip(FILTER_TEXTS, verdicts, strict=True)}
    trial = filter_trial(flagged.__getitem__)
    assert len(trial.found) > len(trial.misses) >= 5
    assert len(trial.passed) > len(trial.false_alarms) >= 5


def test_what_lesson_13_says_of_the_thresholds(client):
    """Seven texts that no threshold finds, and 0.9 looks better than 0.5."""
    verdicts = client.moderate([text for text, _ in FILTER_TEXTS])
    unsafe = np.array([unsafe for _, unsafe in FILTER_TEXTS])
    scores = np.array([max(verdict.scores.values()) for verdict in verdicts])
    assert np.sum(unsafe & (scores == 0)) == 7
    assert np.sum(unsafe & (scores < 0.5)) == np.sum(unsafe & (scores < 0.9)) == 7
    assert np.sum(~unsafe & (scores >= 0.9)) < np.sum(~unsafe & (scores >= 0.5))
