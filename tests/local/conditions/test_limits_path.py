"""Limits over HTTP: the headers of every answer, the 429s, and what counts."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

from samplers.wire.durations import duration_seconds

LIMIT_HEADERS = {
    f"x-ratelimit-{what}-{kind}"
    for what in ("limit", "remaining", "reset")
    for kind in ("requests", "tokens")
}


def wait_as_told(response) -> None:
    time.sleep(int(response.headers["retry-after-ms"]) / 1000)


def test_every_answer_has_the_headers(simulate, simulated, ask, http):
    simulate(tier="1")
    good = ask()
    paths = ["/models", f"/models/{simulated.model}", "/models/gpt-4o", "/nothing"]
    bad = ask(temperature=9)
    streamed = ask(stream=True)
    answers = [good, bad, streamed, *(http.get(path) for path in paths)]
    answers.append(http.post("/tokenize", json={"input": "Hi"}))
    answers.append(ask({"x-samplers-fault": "500"}))
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 400, 200, 200, 200, 404, 404, 200, 500]
    for answer in answers:
        assert set(answer.headers) >= LIMIT_HEADERS
        assert answer.headers["x-ratelimit-limit-requests"] == "500"
        assert answer.headers["x-ratelimit-limit-tokens"] == "1000000"
        assert 0 <= duration_seconds(answer.headers["x-ratelimit-reset-requests"]) <= 1
    assert "x-samplers-simulated" not in good.headers


def test_no_answer_has_them_where_no_tier_is_named(simulate, ask, http):
    for answer in [ask(max_tokens=1), http.get("/models")]:
        simulated = ("x-ratelimit", "x-samplers-simulated", "retry")
        assert not [name for name in answer.headers if name.startswith(simulated)]


def test_failed_requests_count_and_the_free_paths_do_not(simulate, ask, http):
    simulate(tier="rpm=4")
    for _ in range(5):
        assert http.get("/models").headers["x-ratelimit-remaining-requests"] == "4"
    assert ask().headers["x-ratelimit-remaining-requests"] == "3"
    assert ask(temperature=9).headers["x-ratelimit-remaining-requests"] == "2"
    assert ask({"x-samplers-fault": "503"}).headers["x-ratelimit-remaining-requests"] == "1"
    assert ask(model="gpt-4o").headers["x-ratelimit-remaining-requests"] == "0"
    assert ask().status_code == 429


def test_requests_a_minute(simulate, ask, told):
    """The free tier: three a minute, which is a second here. Who waits as told is let in."""
    simulate(tier="free")
    answers = [ask({"x-samplers-fault": "500"}) for _ in range(4)]  # no time for the model
    assert [answer.status_code for answer in answers] == [500, 500, 500, 429]
    last = answers[-1]
    error = last.json()["error"]
    assert (error["type"], error["code"], error["param"]) == (
        "requests",
        "rate_limit_exceeded",
        None,
    )
    assert "on requests per min (RPM): Limit 3, Used 3, Requested 1." in error["message"]
    assert last.headers["x-samplers-simulated"] == "limit=rpm"
    assert last.headers["retry-after"] == "1"
    assert 0 < int(last.headers["retry-after-ms"]) <= 1000
    assert last.headers["x-ratelimit-remaining-requests"] == "0"

    wait_as_told(last)
    assert ask(max_tokens=1).status_code == 200
    assert told("counts") == {"requests": 5, "limit=rpm": 1, "fault=500": 3}


def test_tokens_are_reserved_and_then_settled(simulate, ask, told):
    simulate(tier="tpm=2000")
    answer = ask(max_tokens=1500)  # it ends after some ten tokens
    used = answer.json()["usage"]["total_tokens"]
    assert used < 60
    assert told("used")["tpm"]["peak"] >= 1500 + answer.json()["usage"]["prompt_tokens"]
    assert answer.headers["x-ratelimit-remaining-tokens"] == str(2000 - used)


def test_a_streams_headers_have_what_is_reserved(simulate, ask, told):
    simulate(tier="tpm=2000", time_factor=1)
    answer = ask(stream=True, max_tokens=1500, stream_options={"include_usage": True})
    usage = json.loads(answer.text.split("data: ")[-2])["usage"]
    left = 2000 - 1500 - usage["prompt_tokens"]
    assert answer.headers["x-ratelimit-remaining-tokens"] == str(left)
    assert told("used")["tpm"]["used"] == usage["total_tokens"]

    ask(stream=True, max_tokens=8, n=2)  # without its usage in the stream
    assert told("used")["tpm"]["used"] > usage["total_tokens"] + usage["prompt_tokens"]


def test_too_many_tokens(simulate, ask):
    simulate(tier="tpm=100", time_factor=1)
    never = ask(max_tokens=2000)
    assert never.status_code == 429
    assert never.json()["error"]["type"] == "tokens"
    assert "Request too large" in never.json()["error"]["message"]
    assert never.headers["x-should-retry"] == "false"
    assert "retry-after" not in never.headers

    assert ask().status_code == 200
    later = ask(max_tokens=80)
    assert later.status_code == 429
    assert later.headers["x-samplers-simulated"] == "limit=tpm"
    assert 1 <= int(later.headers["retry-after"]) <= 60


def test_requests_at_the_same_time(simulate, ask, told):
    """Free again as soon as one ends, also by an error or a client that goes away."""
    simulate(tier="concurrency=2", latency="ttft=30", time_factor=60)  # half a second each
    with ThreadPoolExecutor(5) as crowd:
        answers = list(crowd.map(lambda _: ask(max_tokens=1), range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["x-samplers-simulated"] == "limit=concurrency"
    assert "Limit 2, Used 2" in refused.json()["error"]["message"]

    assert ask(temperature=9).status_code == 400
    assert told("running") == 0


def test_no_minute_holds_more_than_the_tier(simulate, ask, told):
    """A crowd that waits as it is told: each is answered once, and the peak is the limit."""
    simulate(tier="rpm=12,tpm=500")

    def until_answered(_) -> int:
        tries = 1
        while (answer := ask(max_tokens=1)).status_code == 429:
            wait_as_told(answer)
            tries += 1
        assert answer.status_code == 200
        return tries

    with ThreadPoolExecutor(6) as crowd:
        tries = list(crowd.map(until_answered, range(20)))
    used = told("used")
    assert used["rpm"]["peak"] <= 12
    assert used["tpm"]["peak"] <= 500
    assert told("counts")["requests"] == sum(tries)


def test_a_moderation_counts_as_a_request_and_has_its_faults(simulate, http):
    simulate(tier="rpm=2", time_factor=1)

    def moderate(**headers):
        return http.post("/moderations", json={"input": "Hi"}, headers=headers)

    assert moderate().headers["x-ratelimit-remaining-requests"] == "1"
    assert moderate(**{"x-samplers-fault": "503"}).status_code == 503
    refused = moderate()
    assert refused.status_code == 429
    assert refused.headers["x-samplers-simulated"] == "limit=rpm"
