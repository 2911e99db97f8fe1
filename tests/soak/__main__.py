"""`python -m tests.soak`: abuse of one endpoint beside a plain client, and a report.

The plain client asks for 16 tokens, again and again. Meanwhile others do all that `abuse.py` lists,
in a random order. The report says how long the plain client waited, what the endpoint's memory did,
and which answers were errors that nobody handled. The exit status is 1 if one of these is wrong.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import httpx
from tqdm import tqdm

from .abuse import ABUSES, Abuser

MOST_SECONDS = 5.0  # for the plain client's slowest request
MOST_GROWTH = 1.1  # of the resident memory, from SETTLED on
SETTLED = 5  # minutes
MOST_MEMORY = 2_000_000  # kB, at its peak


@dataclass
class Record:
    """What happened.

    `waits` are the plain client's seconds, each with the abuses that ran beside it. `running` are
    those of the moment, by abuser. `memory` is in kB, every second.
    """

    waits: list[tuple[float, list[str]]] = field(default_factory=list)
    running: dict[str, str] = field(default_factory=dict)
    memory: list[int] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    done: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)

    def answer(self, response: httpx.Response) -> None:
        """Counts an answer; a 500 that nobody handled is a fault."""
        if self.end.is_set():
            return
        self.statuses[response.status_code] += 1
        if response.status_code >= 500 and '"internal_error"' in response.text:
            self.faults.append(f"{response.status_code} {response.text[:200]}")


def plain_client(ready: dict, record: Record) -> None:
    """Asks for 16 tokens, one request after the other, until the end."""
    rng = random.Random(0)
    headers = {"Authorization": f"Bearer {ready['api_key']}"}
    with httpx.Client(base_url=ready["base_url"], headers=headers, timeout=300) as client:
        while not record.end.is_set():
            question = f"What is {rng.randint(1, 1000)} plus {rng.randint(1, 1000)}?"
            messages = [{"role": "user", "content": question}]
            body = {"model": ready["model"], "messages": messages, "max_tokens": 16}
            beside = set(record.running.values())
            begin = time.monotonic()
            try:
                response = client.post("/chat/completions", json=body)
                if response.status_code != 200:
                    record.faults.append(f"plain: {response.status_code} {response.text[:200]}")
            except httpx.HTTPError as error:
                record.faults.append(f"plain: {type(error).__name__} {error}")
            seconds = time.monotonic() - begin
            beside |= set(record.running.values())
            record.waits.append((seconds, sorted(beside)))
            record.end.wait(rng.uniform(0, 1))


def abuser(ready: dict, names: list[str], seed: str, record: Record) -> None:
    """One abuse after the other, until the end."""
    rng = random.Random(seed)
    client = Abuser(ready, rng, record.answer)
    while not record.end.is_set():
        name = rng.choice(names)
        record.running[seed] = name
        try:
            ABUSES[name](client)
        except Exception as error:  # else this abuse would stop, and nobody would know
            if not record.end.is_set():
                record.faults.append(f"{name}: {type(error).__name__} {error}")
        record.done[name] += 1


def memory(pid: int, name: str) -> int:
    """A process's VmRSS (now) or VmHWM (at its peak) in kB; 0 where there is no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def soak(minutes: float, names: list[str], abusers: int, seed: int) -> bool:
    """Runs it and prints the report. Returns whether all was right."""
    command = [sys.executable, "-m", "samplers.local"]
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    process = subprocess.Popen(command, **pipes)
    ready = json.loads(process.stdout.readline())
    record = Record()

    threads = [threading.Thread(target=plain_client, args=(ready, record), daemon=True)]
    for i in range(abusers):
        arguments = (ready, names, f"{seed}/{i}", record)
        threads.append(threading.Thread(target=abuser, args=arguments, daemon=True))
    for thread in threads:
        thread.start()

    begin = time.monotonic()
    with tqdm(total=round(60 * minutes), unit="s", desc="Soaking") as bar:
        while bar.n < bar.total and process.poll() is None:
            time.sleep(1)
            seconds = time.monotonic() - begin
            record.memory.append(memory(process.pid, "VmRSS"))
            bar.update(min(round(seconds), bar.total) - bar.n)

    record.end.set()
    threads[0].join()  # the plain client's last request counts, too
    peak = memory(process.pid, "VmHWM")
    if process.poll() is not None:
        record.faults.append(f"the endpoint ended with exit code {process.returncode}")
    process.communicate(timeout=30)
    return report(record, peak, seed)


def report(record: Record, peak: int, seed: int) -> bool:
    """Prints what happened. Returns whether all was right."""
    slowest = sorted(record.waits, reverse=True)[:25]
    waits = sorted(seconds for seconds, _ in record.waits)
    cuts = quantiles(waits, n=20) if len(waits) > 1 else waits * 19
    by_minute = memory_by_minute(record.memory)

    print(f"seed {seed}; {sum(record.done.values())} abuses: {dict(record.done)}")
    print(f"statuses: {dict(sorted(record.statuses.items()))}")
    print(
        f"plain client: {len(waits)} requests, median {cuts[9]:.2f} s, "
        f"95 % under {cuts[18]:.2f} s, slowest {waits[-1]:.2f} s"
    )
    for seconds, beside in slowest:
        print(f"  {seconds:.2f} s beside {', '.join(beside)}")
    print(f"memory, kB by the minute: {', '.join(map(str, by_minute))}; at its peak {peak}")
    for fault in record.faults[:20]:
        print(f"fault: {fault}")
    print(f"{len(record.faults)} faults")

    return (
        not record.faults
        and waits[-1] < MOST_SECONDS
        and by_minute[-1] <= MOST_GROWTH * by_minute[min(SETTLED, len(by_minute)) - 1]
        and peak <= MOST_MEMORY
    )


def memory_by_minute(samples: list[int]) -> list[int]:
    """The median of each minute's samples, of which there is one a second.

    One answer with the whole vocabulary adds 200 MB for seconds, so that a maximum says little.
    """
    return [round(median(samples[i : i + 60])) for i in range(0, len(samples), 60)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--abusers", type=int, default=4)
    parser.add_argument("--only", action="append", choices=ABUSES, help="this abuse alone")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    names = options.only or list(ABUSES)
    return 0 if soak(options.minutes, names, options.abusers, options.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
