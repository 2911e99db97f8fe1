"""The flags of `python -m samplers.local` that name what is simulated."""

import argparse

from samplers.local.conditions import faults
from samplers.local.conditions.simulation import Simulation


def add_to(parser: argparse.ArgumentParser) -> None:
    """Adds them to the endpoint's others."""
    group = parser.add_argument_group(
        "what is simulated",
        "Nothing is unless it is named. It holds for each key by itself, and not for the lines of "
        "its batches. While the endpoint runs, "
        "GET /v1/samplers/conditions tells all of it, and POST changes what its JSON names. The "
        "header x-samplers-fault names the fault of one request, and an answer that was made worse "
        "says so in x-samplers-simulated.",
    )
    group.add_argument(
        "--tier",
        help="limits, with OpenAI's 429 and x-ratelimit headers: free, 1, 2, 3, 4 or 5, or "
        "numbers of one's own such as rpm=60,tpm=2000 (rpm, tpm, rpd, concurrency)",
    )
    group.add_argument(
        "--fault",
        help="how often an answer goes wrong, and how, such as 429:0.2,500:0.1,drop:0.05. "
        f"Names: {', '.join(faults.NAMES)}",
    )
    group.add_argument(
        "--latency",
        help="how long answers take at least, in seconds, such as "
        "ttft=0.5,between=0.03,prefill=0.001,spread=0.3,load=0.1: to the first token, between "
        "tokens, for each token of the prompt, the spread of each, slower by load for each other "
        "request that runs",
    )
    group.add_argument(
        "--time-factor",
        type=float,
        default=1.0,
        help="how much faster all simulated time runs: with 60, a minute lasts a second, and "
        "the 24 hours of a batch are 24 minutes. Headers name real seconds",
    )
    group.add_argument(
        "--fault-seed",
        type=int,
        default=0,
        help="with the same one the same faults come in the same order",
    )


def simulation(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Simulation:
    """What the flags name. A wrong one ends the program with a message, as the parser's do."""
    try:
        return Simulation(
            options.tier, options.fault, options.latency, options.time_factor, options.fault_seed
        )
    except ValueError as error:
        name, _, problem = str(error).partition(" ")
        parser.error(f"--{name.replace('_', '-')} {problem}")
