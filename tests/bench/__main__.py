"""`python -m tests.bench`: one table of ratios, all from one run. `--save` also writes it to
tests/bench/RESULTS.md.
"""

import argparse
import os
import platform
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from samplers import (
    Chain,
    SamplingParams,
    draw,
    min_p,
    penalties,
    reference,
    temperature,
    token_counts,
    top_k,
    top_p,
)

from . import overhead, peers, process, rows
from .clock import Work, medians, once

RESULTS = Path(__file__).with_name("RESULTS.md")
UNIT = "softmax"


def singles(logits: np.ndarray) -> tuple[list[Work], list[str]]:
    """Everything that is timed on one row."""
    V, rng = len(logits), np.random.default_rng(0)
    output = rng.integers(0, V, 200).tolist()
    counts = token_counts(output, V)
    nucleus = top_p(logits, peers.P)
    chain = Chain.for_engine("openai")
    rates = {"frequency_penalty": peers.PENALTY, "presence_penalty": peers.PENALTY}
    params = SamplingParams(temperature=peers.TEMPERATURE, top_p=peers.P, **rates)
    torch_works, no_torch = peers.torch_peers(logits)
    llama_works, no_llama = peers.llama_cpp_peers(logits, output)
    works = [
        Work(UNIT, lambda: peers.softmax(logits)),
        Work("one memory pass (copy)", lambda: logits.copy()),
        Work("penalties", lambda: penalties(logits, counts, peers.PENALTY, peers.PENALTY)),
        Work("temperature", lambda: temperature(logits, peers.TEMPERATURE)),
        Work("top_k 50", lambda: top_k(logits, 50)),
        Work("top_p", lambda: top_p(logits, peers.P)),
        Work("min_p 0.05", lambda: min_p(logits, 0.05)),
        Work("draw one token", lambda: draw(nucleus, rng)),
        Work("chain and draw", lambda: draw(chain.apply(logits, params, counts), rng)),
        Work("full sort top_p", lambda: peers.full_sort(logits)),
        Work("reference top_p", lambda: reference.top_p(logits, peers.P)),
        *llama_works,
        *torch_works,
    ]
    return works, no_torch + no_llama


def batch(make, V: int, size: int) -> dict[str, float]:
    """What a row of a batch costs against a single row: in a loop over the batch that keeps its
    answers, and again and again, when the row is in the cache and its answer is thrown away. A
    batch comes from memory and goes to new memory, as a copy of it does.
    """
    logits = make(V, size)
    alone = [Work("row", lambda row=row: top_p(row, peers.P)) for row in logits]
    whole = Work("batch", lambda: top_p(logits, peers.P))
    loop = Work("loop", lambda: [top_p(row, peers.P) for row in logits])
    copy = Work("copy", lambda: logits.copy())
    once(whole)
    turns = []
    for _ in range(max(7, 64 // size)):
        taken, single = once(whole), sum(once(work) for work in alone)
        turns.append((taken / single, taken / once(loop), once(copy) / single))
    of_single, of_loop, of_copy = map(median, zip(*turns, strict=True))
    found = {
        f"top_p, a row of {size} / again and again": of_single,
        f"top_p, a row of {size} / in a loop": of_loop,
        f"copying a row of {size} / top_p again and again": of_copy,
    }
    tracemalloc.start()
    top_p(logits, peers.P)
    found["its peak memory / input"] = tracemalloc.get_traced_memory()[1] / logits.nbytes
    tracemalloc.stop()
    return found


def report() -> Iterator[str]:
    recorded = rows.recorded()
    kinds = {"flat": rows.flat}
    if recorded is not None:
        kinds = {"peaked": lambda V, n=1: rows.tiled(recorded, V, n)} | kinds
    yield f"Medians of one run, as multiples of one float32 softmax pass over the same row (p = {peers.P})."
    yield ""
    yield "| work | row | " + " | ".join(f"V = {V:,}" for V in rows.SIZES) + " |"
    yield "|---|---|" + "---:|" * len(rows.SIZES)
    missing, table = [], {}
    for kind, make in kinds.items():
        for V in rows.SIZES:
            works, missing = singles(make(V)[0])
            table[kind, V] = medians(works, rounds=60)
        yield (
            f"| {UNIT}, in µs | {kind} | "
            + " | ".join(f"{table[kind, V][UNIT] * 1e6:.0f}" for V in rows.SIZES)
            + " |"
        )
        for name in [work.name for work in works if work.name != UNIT]:
            ratios = [table[kind, V][name] / table[kind, V][UNIT] for V in rows.SIZES]
            yield f"| {name} | {kind} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |"
        for size in (8, 64):
            costs = [batch(make, V, size) for V in rows.SIZES]
            for name in costs[0]:
                yield (
                    f"| {name} | {kind} | "
                    + " | ".join(f"{cost[name]:.2f}" for cost in costs)
                    + " |"
                )
    for name in rows.hard(8):
        gains = []
        for V in rows.SIZES:
            row = rows.hard(V)[name]
            names = {
                "ours": lambda row=row: top_p(row, peers.P),
                "sort": lambda row=row: peers.full_sort(row),
            }
            taken = medians([Work(key, run) for key, run in names.items()], rounds=9)
            gains.append(taken["sort"] / taken["ours"])
        yield f"| full sort / ours | {name} | " + " | ".join(f"{gain:.1f}" for gain in gains) + " |"
    yield ""
    for kind, make in kinds.items():
        row, rng = make(rows.SIZES[-1])[0], np.random.default_rng(0)
        taken = medians(
            [Work("draw", lambda row=row, rng=rng: draw(row, rng, 1_000_000))], rounds=5
        )["draw"]
        yield f"- 1,000,000 draws from one distribution of {rows.SIZES[-1]:,}, {kind}: {taken:.2f} s (goal 0.5)"
    yield f"- `import samplers` / `import numpy`: {process.import_ratio():.2f} (goal 1.3)"
    if recorded is not None and (taken := process.redraw(recorded)) is not None:
        yield f"- the explorer's redraw after a slider moved, 49,152 tokens: {taken * 1e3:.0f} ms (goal 60)"
    if recorded is not None and (added := overhead.added()) is not None:
        told = f"{added['plain'] * 1e3:.1f} ms to a request of 2 tokens, {added['first'] * 1e3:.1f} ms to a stream's first"
        yield f"- the gateway adds to llama.cpp's own server: {told} (goal 5; medians of {overhead.ROUNDS} in turns)"
    yield from (f"- skipped, not installed: {name}" for name in missing)
    if recorded is None:
        yield "- skipped: real logits, as there is no local engine here"
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    yield f"- machine: {process.processor()}, {load}, {platform.platform()}"
    yield f"- Python {platform.python_version()}, {peers.versions()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--save", action="store_true", help="write the table to tests/bench/RESULTS.md too"
    )
    save = parser.parse_args().save
    lines = []
    for line in report():
        print(line, flush=True)
        lines.append(line)
    if save:
        head = ["# What the samplers cost", "", "`python -m tests.bench --save` wrote this.", ""]
        RESULTS.write_text("\n".join(head + lines) + "\n")


if __name__ == "__main__":
    main()
