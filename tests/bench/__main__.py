"""`python -m tests.bench`: one table of ratios from one run; `--save` writes RESULTS.md, too."""

import argparse
import os
import platform
import tracemalloc
from collections.abc import Callable, Iterator
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

from . import explorer, logits, overhead, peers, process, rows, stored, waits
from .clock import Work, medians, once

RESULTS = Path(__file__).with_name("RESULTS.md")
UNIT = "softmax"


def singles(logits: np.ndarray) -> tuple[list[Work], list[str]]:
    """Everything that is timed on one row, and the peers that are not installed."""
    V = len(logits)
    rng = np.random.default_rng(0)
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


def batch(make: Callable, V: int, size: int) -> dict[str, float]:
    """What a row of a batch costs, compared with a single row, by name.

    A single row is timed in two ways. "In a loop" goes over the batch and keeps its results. "Again
    and again" has the row in the cache and throws its result away. A batch comes from memory and
    goes to new memory, and so does a copy of it.
    """
    logits = make(V, size)
    alone = [Work("row", lambda row=row: top_p(row, peers.P)) for row in logits]
    whole = Work("batch", lambda: top_p(logits, peers.P))
    loop = Work("loop", lambda: [top_p(row, peers.P) for row in logits])
    copy = Work("copy", lambda: logits.copy())
    once(whole)
    turns = []
    for _ in range(max(7, 64 // size)):
        of_batch = once(whole)
        of_rows = sum(once(work) for work in alone)
        turns.append((of_batch / of_rows, of_batch / once(loop), once(copy) / of_rows))

    again, in_loop, copying = map(median, zip(*turns, strict=True))
    return {
        f"top_p, a row of {size} / again and again": again,
        f"top_p, a row of {size} / in a loop": in_loop,
        f"copying a row of {size} / top_p again and again": copying,
        "its peak memory / input": peak_memory(whole) / logits.nbytes,
    }


def peak_memory(work: Work) -> int:
    tracemalloc.start()
    work.run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def line(name: str, kind: str, cells: Iterator[str]) -> str:
    """A line of the table, with a cell for each vocabulary size."""
    return f"| {name} | {kind} | " + " | ".join(cells) + " |"


def single_rows(kind: str, make: Callable) -> Iterator[str]:
    tables = []
    for V in rows.SIZES:
        works, _ = singles(make(V)[0])
        tables.append(medians(works, rounds=60))
    yield line(f"{UNIT}, in µs", kind, (f"{table[UNIT] * 1e6:.0f}" for table in tables))
    for name in [work.name for work in works if work.name != UNIT]:
        yield line(name, kind, (f"{table[name] / table[UNIT]:.2f}" for table in tables))


def batches(kind: str, make: Callable) -> Iterator[str]:
    for size in (8, 64):
        costs = [batch(make, V, size) for V in rows.SIZES]
        for name in costs[0]:
            yield line(name, kind, (f"{cost[name]:.2f}" for cost in costs))


def hard_rows() -> Iterator[str]:
    for name in rows.hard(8):
        gains = []
        for V in rows.SIZES:
            row = rows.hard(V)[name]
            ours = Work("ours", lambda row=row: top_p(row, peers.P))
            sort = Work("sort", lambda row=row: peers.full_sort(row))
            seconds = medians([ours, sort], rounds=9)
            gains.append(seconds["sort"] / seconds["ours"])
        yield line("full sort / ours", name, (f"{gain:.1f}" for gain in gains))


def goals(kinds: dict[str, Callable], recorded: np.ndarray | None) -> Iterator[str]:
    """What has a goal: the draws, the import, the explorer and the gateway."""
    V = rows.SIZES[-1]
    for kind, make in kinds.items():
        row = make(V)[0]
        rng = np.random.default_rng(0)
        work = Work("draw", lambda row=row, rng=rng: draw(row, rng, 1_000_000))
        seconds = medians([work], rounds=5)["draw"]
        yield f"1,000,000 draws from one distribution of {V:,}, {kind}: {seconds:.2f} s (goal 0.5)"
    yield f"`import samplers` / `import numpy`: {process.import_ratio():.2f} (goal 1.3)"
    if recorded is None:
        return
    yield from explorer.report(recorded)
    added = overhead.added()
    if added is not None:
        plain = f"{added['plain'] * 1e3:.1f} ms to a request of 2 tokens"
        first = f"{added['first'] * 1e3:.1f} ms to a stream's first"
        terms = f"(goal 5; medians of {overhead.ROUNDS} in turns)"
        yield f"the gateway adds to llama.cpp's own server: {plain}, {first} {terms}"
    more = stored.added()
    if more is not None:
        kept = f"{more['stored'] * 1e3:.1f} ms"
        not_kept = f"{more['not stored'] * 1e3:.1f} ms if it is not"
        terms = f"(goal 5; medians of {stored.ROUNDS} in turns)"
        yield f"a stored response adds to the same request of Chat: {kept}, {not_kept} {terms}"
    yield from logits.goals()


def report() -> Iterator[str]:
    """RESULTS.md, line by line."""
    recorded = rows.recorded()
    kinds = {"flat": rows.flat}
    if recorded is not None:
        kinds = {"peaked": lambda V, n=1: rows.tiled(recorded, V, n)} | kinds

    unit = "multiples of one float32 softmax pass over the same row"
    yield f"Medians of one run, as {unit} (p = {peers.P})."
    yield ""
    yield line("work", "row", (f"V = {V:,}" for V in rows.SIZES))
    yield "|---|---|" + "---:|" * len(rows.SIZES)
    for kind, make in kinds.items():
        yield from single_rows(kind, make)
        yield from batches(kind, make)
    yield from hard_rows()

    yield ""
    yield from (f"- {goal}" for goal in goals(kinds, recorded))
    yield from (f"- {wait}" for wait in waits.waits())
    _, missing = singles(rows.flat(rows.SIZES[0])[0])
    yield from (f"- skipped, not installed: {name}" for name in missing)
    if recorded is None:
        yield "- skipped: real logits, as there is no local engine here"
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    yield f"- machine: {process.processor()}, {load}, {platform.platform()}"
    yield f"- Python {platform.python_version()}, {peers.versions()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}, too")
    save = parser.parse_args().save
    lines = []
    for text in report():
        print(text, flush=True)
        lines.append(text)
    if save:
        head = ["# What the samplers cost", "", "`python -m tests.bench --save` wrote this.", ""]
        RESULTS.write_text("\n".join(head + lines) + "\n")


if __name__ == "__main__":
    main()
