"""What a stored response takes more than the same request of Chat, and one that is not stored.

All three are asked in turns, of one endpoint with a data folder of its own.
"""

import sys
import time
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from . import served

ROUNDS = 100
QUESTION = "What is the capital of France?"
TOKENS = 16  # the least that Responses has; the answer is shorter


def added() -> dict[str, float] | None:
    """Seconds that a response adds, "stored" and "not stored": differences of medians of ROUNDS.

    None where there is no local engine.
    """
    try:
        with (
            TemporaryDirectory() as folder,
            served.endpoint([], {"XDG_DATA_HOME": folder}) as (ready, _),
        ):
            return _added(ready)
    except (OSError, KeyError, SystemExit, httpx.HTTPError) as error:
        print(f"no response to time ({type(error).__name__} {error})", file=sys.stderr)
        return None


def _added(ready: dict) -> dict[str, float]:
    same = {"model": ready["model"], "temperature": 0}
    messages = [{"role": "user", "content": QUESTION}]
    chat = same | {"messages": messages, "max_completion_tokens": TOKENS}
    response = same | {"input": QUESTION, "max_output_tokens": TOKENS}
    works = {
        "chat": ("/chat/completions", chat),
        "stored": ("/responses", response | {"store": True}),
        "not stored": ("/responses", response | {"store": False}),
    }
    headers = {"Authorization": f"Bearer {ready['api_key']}"}
    seconds = {name: [] for name in works}
    with httpx.Client(base_url=ready["base_url"], headers=headers, timeout=60) as client:
        for number in range(ROUNDS + 3):
            names = list(works)
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                begin = time.perf_counter()
                client.post(works[name][0], json=works[name][1]).raise_for_status()
                if number >= 3:  # the first ones read the prompt; from then on it is cached
                    seconds[name].append(time.perf_counter() - begin)
    medians = {name: median(values) for name, values in seconds.items()}
    return {name: medians[name] - medians["chat"] for name in ("stored", "not stored")}


if __name__ == "__main__":
    print({name: f"{seconds * 1e3:.1f} ms" for name, seconds in (added() or {}).items()})
