"""GET and POST /v1/samplers/conditions, and the latency that they name."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samplers.local.conditions.faults import ERRORS, NAMES
from samplers.local.conditions.key_conditions import KeyConditions
from samplers.local.conditions.report import FIELDS, change, report
from samplers.local.conditions.simulation import Simulation
from samplers.local.request.errors import ApiError


def test_what_the_flags_name_holds_at_first(at_first, flags):
    assert {name: at_first[name] for name in flags} == flags
    assert at_first["limits"] == {
        "rpm": 5000,
        "tpm": 2_000_000,
        "rpd": 10_000,
        "concurrency": 5,
    }
    assert at_first["counts"] == {"requests": 0}


def test_everything_is_told():
    told = report(KeyConditions(Simulation()))
    assert told["object"] == "samplers.conditions"
    assert [told[name] for name in ("tier", "fault", "latency", "limits")] == [None] * 4
    assert (told["time_factor"], told["fault_seed"], told["used"]) == (1.0, 0, {})
    assert "mid 2026" in told["source"]
    assert "busy = 1 + load * r" in told["formula"]
    assert set(told["faults"]) == set(NAMES)
    marked = {name for name, text in told["faults"].items() if "reconstructed" in text}
    assert marked == set(ERRORS) - {"credit_balance_exhausted"}


def test_what_a_post_names_holds_and_the_rest_stays(simulate, http):
    simulate(tier="2", fault="500:0.25")
    told = simulate(latency="ttft=0.1")
    assert told == http.get("/samplers/conditions").json()
    assert (told["tier"], told["fault"], told["latency"]) == ("2", "500:0.25", "ttft=0.1")
    assert told["limits"] == {"rpm": 5000, "tpm": 2_000_000, "rpd": 10_000, "concurrency": 5}
    assert set(told["used"]) == {"rpm", "tpm", "rpd"}
    assert told["time_factor"] == 60
    assert simulate(tier=None, fault=None)["used"] == {}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ([], None),
        ({"tiers": "1"}, "tiers"),
        ({"tier": "9"}, "tier"),
        ({"tier": 1}, "tier"),
        ({"fault": "500:2"}, "fault"),
        ({"fault": {"500": 0.1}}, "fault"),
        ({"latency": "ttft=99"}, "latency"),
        ({"time_factor": 0.5}, "time_factor"),
        ({"time_factor": 10**400}, "time_factor"),
        ({"time_factor": True}, "time_factor"),
        ({"time_factor": "60"}, "time_factor"),
        ({"fault_seed": -1}, "fault_seed"),
        ({"fault_seed": 1.5}, "fault_seed"),
        ({"tier": "3", "fault": "nope"}, "fault"),
    ],
)
def test_a_wrong_body_changes_nothing(simulate, http, body, param):
    before = simulate(tier="2")
    answer = http.post("/samplers/conditions", json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert http.get("/samplers/conditions").json() == before


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS | st.sampled_from(["1", "rpm=5", "429:0.2", "ttft=1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=50)
@given(VALUES | st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_any_json_is_taken_or_refused(body):
    own = KeyConditions(Simulation())
    defaults = report(own)
    refused = None
    try:
        change(own, body)
    except ApiError as error:
        refused = error.status
    if refused:
        assert (refused, report(own)) == (400, defaults)
        return
    expected = {name: defaults[name] if v is None else v for name, v in body.items()}
    assert {name: report(own)[name] for name in body} == expected


def test_other_methods(simulate, http):
    assert http.delete("/samplers/conditions").status_code == 405
    assert http.post("/samplers/conditions", content=b"{").status_code == 400


def test_a_busy_service(simulate, ask, http, body):
    """A plain answer and a stream come no earlier than the formula says, in real time too."""
    simulate(latency="ttft=30,between=9")  # 0.5 s and 0.15 s: much longer than the model itself
    begin = time.monotonic()
    answer = ask(max_tokens=3)
    assert time.monotonic() - begin >= 0.5 + 2 * 0.15
    assert answer.json()["usage"]["completion_tokens"] == 3
    assert answer.headers["x-samplers-simulated"] == "latency"

    times = []
    fields = body(stream=True, temperature=0, max_tokens=3)
    begin = time.monotonic()
    with http.stream("POST", "/chat/completions", json=fields) as response:
        for line in response.iter_lines():
            if line.startswith("data: {"):
                times.append(time.monotonic() - begin)
    assert response.headers["x-samplers-simulated"] == "latency"
    assert len(times) >= 4
    assert all(at >= 0.5 + 0.15 * place for place, at in enumerate(times))


def test_a_stream_whose_tokens_alone_are_slow_says_so(simulate, ask):
    simulate(latency="between=0.001")
    assert ask(stream=True).headers["x-samplers-simulated"] == "latency"


def test_an_error_comes_at_once(simulate, ask):
    """One of the request's own, and one of a limit that is met before and after it is read."""
    simulate(latency="ttft=60", time_factor=1, tier="rpm=1,tpm=10")
    for fields in ({"temperature": 9}, {}):
        answer = ask(**fields, timeout=5)
        assert answer.status_code >= 400
        assert "latency" not in answer.headers.get("x-samplers-simulated", "")
    simulate(tier="tpm=10")
    assert ask(timeout=5).headers["x-samplers-simulated"] == "limit=tpm"


def test_a_long_prompt_and_a_crowd_are_slower(simulate, ask):
    simulate(latency="prefill=0.6", time_factor=60)  # 10 ms for each token
    begin = time.monotonic()
    tokens = ask(max_tokens=1).json()["usage"]["prompt_tokens"]
    assert time.monotonic() - begin >= tokens * 0.01

    simulate(latency="ttft=6,load=5")  # 0.1 s alone, 0.6 s for the second
    begin = time.monotonic()
    with ThreadPoolExecutor(2) as crowd:
        list(crowd.map(lambda _: ask(max_tokens=1), range(2)))
    assert time.monotonic() - begin >= 0.6


def test_a_client_that_goes_away_frees_its_place(simulate, ask, wait_until_idle):
    simulate(latency="ttft=60", time_factor=1)
    with pytest.raises(Exception, match="timed out"):
        ask(timeout=0.3)
    wait_until_idle()
