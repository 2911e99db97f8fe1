"""What the exact logits take of the memory."""

import sys
import time
from pathlib import Path

import pytest
from logit_rows import TEXT

from samplers.local.engine import weights
from samplers.local.memory import SECONDS

MOST = 150_000_000  # bytes; tried plainly, a second context of 4,096 tokens took 205 MB
HI = [{"role": "user", "content": "Hi, as JSON"}]


def memory(process) -> int:
    """Bytes of a process, without the weights' file, which is in memory once for all of them."""
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("Anonymous:")]
    return 1024 * int(line.split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells it")
def test_one_learner_needs_little_more(start, tmp_path, monkeypatch):
    """Two new endpoints: one that has used every kind of exact logits, and one without any.

    The other one has no trial's result, so it is still being tried there.
    """
    with monkeypatch.context() as other_home:
        other_home.setenv("SAMPLERS_MODEL", str(weights.ensure()))
        other_home.setenv("XDG_CACHE_HOME", str(tmp_path))
        without = start()
    assert "still being tried" in logits_of(without)
    without.text(HI, max_tokens=5, response_format={"type": "json_object"})
    plain = memory(without.process)
    without.process.communicate(timeout=10)

    exact = start()
    exact.text(HI, max_tokens=5, response_format={"type": "json_object"})
    while "still being tried" in logits_of(exact):
        pass
    if logits_of(exact) != "exact":
        pytest.skip("no exact logits here")
    with exact.client() as client:
        answer = client.post("/samplers/distributions", json={"messages": HI, "answer": TEXT[:64]})
        assert answer.status_code == 200
        assert client.get("/samplers/vocabulary").status_code == 200
        assert client.post("/samplers/score", json={"input": TEXT[:100]}).status_code == 200

    # what was freed goes back to the system after some seconds
    deadline = time.monotonic() + 2 * SECONDS
    while memory(exact.process) - plain > MOST and time.monotonic() < deadline:
        time.sleep(0.5)
    grown = memory(exact.process) - plain
    assert grown < MOST


def logits_of(endpoint) -> str:
    with endpoint.client() as client:
        return client.get("/models").headers["x-samplers-logits"]
