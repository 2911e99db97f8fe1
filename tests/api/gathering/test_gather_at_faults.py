"""The whole client on a real endpoint of which 30 % of the answers are faults."""

from faulty_gather import problems, run

from samplers.api import APIError, EndpointError, QuotaError
from samplers.api.gathering.saved_answers import load


def test_500_requests(tmp_path, start_shallow):
    """Each is answered once or reported failed, under the limits, and what is answered is saved."""
    save = tmp_path / "answers.jsonl"
    done = run(500, save, rpm=40, start=start_shallow)
    assert problems(done) == [], done

    failures = [result.error for result in done.results if result.error is not None]
    assert all(isinstance(error, EndpointError) for error in failures)
    assert any(isinstance(error, QuotaError) for error in failures)
    assert any(isinstance(error, APIError) and error.status == 403 for error in failures)
    answers = {i: result.answer for i, result in enumerate(done.results) if result.error is None}
    model = next(iter(answers.values())).model
    assert load(save, done.requests, model) == answers
