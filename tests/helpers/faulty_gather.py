"""Many requests through gather while 30 % of the answers are faults, and whether all went right."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from samplers.api import Client, Gathered, Limiter, gather, start_local

# 30 % together. Those that last for minutes, timeout and stall, are tested elsewhere.
FAULT = (
    "429:0.06,slow_down:0.03,insufficient_quota:0.005,403:0.015,408:0.02,409:0.01,"
    "500:0.05,502:0.03,503:0.04,drop:0.025,garbage:0.01,cut:0.005"
)
FACTOR = 120  # how fast time runs: a minute lasts half a second
RPM = 20  # of the whole model; two layers can answer more
TOKENS = 400  # of a minute's limit, for each request
CONCURRENCY = 32  # so many at once exceed both limits
END = {"2": 100}  # the token that ends an answer is drawn first


@dataclass
class Run:
    """The results, the requests, and what the endpoint tells of its conditions at the end."""

    requests: list[dict]
    results: list[Gathered]
    told: dict
    rpm: int

    @property
    def tpm(self) -> int:
        return self.rpm * TOKENS

    @property
    def answered(self) -> int:
        return sum(result.error is None for result in self.results)

    @property
    def harmed(self) -> int:
        """How many requests, as the endpoint counts them, got a fault in place of an answer."""
        return sum(n for what, n in self.told["counts"].items() if what.startswith("fault="))

    def __str__(self) -> str:
        used = self.told["used"]
        return (
            f"{len(self.requests)} requests, {self.answered} answered, "
            f"{len(self.requests) - self.answered} reported failed; "
            f"{self.told['counts']['requests']} attempts, {self.harmed} of them faults; "
            f"at most {used['rpm']['peak']} requests of {self.rpm} and {used['tpm']['peak']} "
            f"tokens of {self.tpm} in a minute"
        )


def run(count: int, save: Path, rpm: int = RPM, start: Callable[..., Client] = start_local) -> Run:
    """Asks `count` requests, which may have long answers and get short ones.

    `start` starts the endpoint. The limiter learns the limits from the headers. Answers are told
    apart by their choices.
    """
    requests = [
        {"messages": "Hi", "max_tokens": 300, "logit_bias": END, "n": 1 + number % 3}
        for number in range(count)
    ]
    options = {"tier": f"rpm={rpm},tpm={rpm * TOKENS}", "fault": FAULT, "fault_seed": "1"}
    limiter = Limiter(minute=60 / FACTOR)
    with start(**options, time_factor=FACTOR, limiter=limiter) as client:
        client.models()  # any answer tells the limits
        results = gather(client, requests, CONCURRENCY, save=save)
        url = f"{client.base_url}/samplers/conditions"
        told = httpx.get(url, auth=client.auth, trust_env=False).json()
    return Run(requests, results, told, rpm)


def problems(run: Run) -> list[str]:
    """What was not as it must be, in sentences."""
    used = run.told["used"]
    counts = run.told["counts"]
    checks = {
        "requests and results do not match": (
            [result.request for result in run.results] == run.requests
        ),
        "a result is neither an answer nor an error, or both": all(
            (result.answer is None) != (result.error is None) for result in run.results
        ),
        "an answer is another request's": all(
            len(result.answer.choices) == result.request["n"]
            for result in run.results
            if result.error is None
        ),
        # what the endpoint answered is what the results hold: none was asked again or is lost
        "an answer came twice or was lost": counts["requests"] - run.harmed == run.answered,
        "there were too few faults": run.harmed > 0.2 * counts["requests"],
        "a limit was exceeded": not any(what.startswith("limit=") for what in counts),
        "a minute held too many requests": used["rpm"]["peak"] <= run.rpm,
        "a minute held too many tokens": used["tpm"]["peak"] <= run.tpm,
        "too few were answered": run.answered > 0.9 * len(run.requests),
    }
    return [problem for problem, is_right in checks.items() if not is_right]
