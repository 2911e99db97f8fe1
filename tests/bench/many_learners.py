"""`python -m tests.bench.many_learners`: what 30, 300 and 10,000 learners need, by simulation.

It reads what `python -m tests.bench.room --save` measured, and writes class_simulation.json, the
picture and the table of the instructor's guide. `--measured FILE` prints the table for the server
of another such file, and writes nothing.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from math import ceil
from pathlib import Path

import numpy as np

from . import beyond_a_room, lesson
from .learners import CHAT, CHAT_EVERY, CHAT_TOKENS, LEARN, THINK
from .queueing import Ask, Class, Server, Speed
from .room import GOAL, LEARNERS, MEASURED

SIMULATED = MEASURED.with_name("class_simulation.json")
SEED = 0
CLASSES = (30, 300, 10_000)
CURVE = (10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1_000)  # learners, for the picture
SERVERS = (1, 4)  # of each kind, for the picture
REQUESTS = 20_000  # of a run, so that its 95th percentile is steady
LONGEST = 3_600.0  # simulated seconds of a run
LEARNERS_OF_A_CHAT = 1_000  # with more of them there are more chats beside, to have enough waits
STEP = 1.05  # so many times as many servers are tried next
# The recorded speed of vLLM 0.32 on two cores without a GPU, with the same weights, on 2026-11-28.
# More than 32 answers at once were not recorded, so that in the simulation they wait.
VLLM = Speed((1, 32), (8.5, 69.0), slots=32)


def speed_of(measured: dict) -> Speed:
    """The measured server."""
    rates = measured["speeds"]["rates"]
    return Speed(tuple(map(int, rates)), tuple(rates.values()), measured["slots"])


def tokens_of(asks: Iterable[Ask]) -> float:
    return sum(ask.choices * ask.tokens for ask in asks)


class Setting:
    """A server's speed, and what the lesson asks of it.

    `here`: whole distributions come from this server. Else the learner's own machine gives them, as
    the lesson has it where an endpoint does not show them.
    """

    def __init__(self, name: str, speed: Speed, measured: dict, here: bool):
        self.name = name
        self.speed = speed
        self._alone = measured["speeds"]["alone"]
        self._overhead = measured["speeds"]["overhead"] if here else 0.0
        self._here = here
        self.cells = [[self._ask(request) for request in cell] for cell in lesson.steps()]
        one_by_one = [[ask] for cell in self.cells for ask in cell]
        self.steps = self.cells if measured["by_cell"] else one_by_one
        self.chat = Ask(CHAT, 1, CHAT_TOKENS + self._overhead)
        self.alone = self.chat.tokens / speed.at(1)  # seconds of the chat on an idle server

    def _ask(self, request: lesson.Request) -> Ask:
        kind = request.kind
        if kind == lesson.WHOLE and self._here:
            return Ask(kind, 1, self._alone[kind] * self.speed.at(1))
        if kind in lesson.NO_TOKENS:
            return Ask(kind, 1, 0.0, delay=self._alone.get(kind, 0.0))
        return Ask(kind, request.choices, request.tokens + self._overhead)

    @property
    def tokens(self) -> float:
        """Tokens/s that one learner asks for, if answers take no time."""
        return sum(map(tokens_of, self.steps)) / len(self.steps) / THINK

    def busy(self, learners: int, servers: int) -> float:
        """The share of the servers' time that the class and the chat ask for."""
        asked = learners * self.tokens + self.chat.tokens / CHAT_EVERY
        return asked / self.speed.rates[-1] / servers

    def p95(self, learners: int, servers: int) -> dict[str, float]:
        """Simulated: the 95th percentile of the chat's seconds, and of the learners' requests'."""
        seconds = min(LONGEST, REQUESTS * THINK / learners)
        room = Class(
            [Server(self.speed) for _ in range(servers)],
            self.steps,
            learners,
            THINK,
            SEED,
            self.chat,
            CHAT_EVERY * min(1.0, LEARNERS_OF_A_CHAT / learners),
        )
        waits = room.run(seconds)
        chats = waits.pop(CHAT, [np.inf])
        others = [wait for kind in waits.values() for wait in kind]
        return {"chat": _p95(chats), "learners": _p95(others)}

    def needed(self, learners: int, goal: float) -> tuple[int, dict[str, float]]:
        """How many servers the chat's p95 needs to be under `goal` seconds, and the p95s then."""
        servers = ceil(self.busy(learners, 1))
        while (found := self.p95(learners, servers))["chat"] >= goal:
            servers = max(servers + 1, ceil(servers * STEP))
        return servers, found


def _p95(waits: list[float]) -> float:
    return round(float(np.percentile(waits, 95)), 2)


def simulate(measured: dict) -> dict:
    """All that the page says, as JSON has it."""
    ours = Setting("this kit's endpoint", speed_of(measured), measured, here=True)
    vllm = Setting("vLLM without a GPU", VLLM, measured, here=False)
    settings = (ours, vllm)
    seen = {"chat": measured["waits"][CHAT]["p95"], "learners": measured["waits"][LEARN]["p95"]}
    inputs = {"seed": SEED, "think": THINK, "chat_every": CHAT_EVERY, "goal": GOAL}
    inputs |= {name: measured[name] for name in ("date", "machine", "endpoint")}
    return {
        "simulated_by": "python -m tests.bench.many_learners",
        "inputs": inputs | {"measured": MEASURED.name},
        "speeds": {one.name: one.speed.__dict__ for one in settings},
        "tokens_per_learner": {one.name: round(one.tokens, 3) for one in settings},
        "at_30_learners": {"simulated": ours.p95(LEARNERS, 1), "measured": seen},
        "rush": rush(ours, LEARNERS),
        "rows": [row for one in settings for row in rows(one)],
        "curves": [curve(one, servers) for one in settings for servers in SERVERS],
    }


def rush(setting: Setting, learners: int) -> dict:
    """All learners send the lesson's longest cell in one moment: its tokens, and the seconds."""
    tokens = learners * max(map(tokens_of, setting.cells))
    return {"tokens": round(tokens), "seconds": round(tokens / setting.speed.rates[-1])}


def rows(setting: Setting) -> Iterator[dict]:
    """A row for each class: p95 on one server, and how many servers keep it under the goal.

    `busy` is the share of one server's time that the class asks for. From 1 on, one server has no
    steady state: the learners wait for each other.
    """
    goal = GOAL if setting.alone < GOAL else round(2 * setting.alone, 1)
    for learners in CLASSES:
        busy = setting.busy(learners, 1)
        one = setting.p95(learners, 1) if busy < 1 else None
        servers, p95 = setting.needed(learners, goal)
        row = {"server": setting.name, "alone": round(setting.alone, 1), "learners": learners}
        yield (
            row
            | {"busy": round(busy, 2), "one": one, "goal": goal}
            | {
                "servers": servers,
                "p95": p95,
            }
        )


def curve(setting: Setting, servers: int) -> dict:
    """The chat's p95 against learners, as far as the servers can do their work."""
    learners = [number for number in CURVE if setting.busy(number, servers) < 1]
    p95 = [setting.p95(number, servers)["chat"] for number in learners]
    return {"server": setting.name, "servers": servers, "learners": learners, "p95": p95}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.many_learners", description=__doc__
    )
    parser.add_argument("--measured", type=Path, help="of `python -m tests.bench.room --save FILE`")
    path = parser.parse_args().measured
    measured = json.loads((path or MEASURED).read_text("utf-8"))
    if path:
        setting = Setting(
            path.stem, speed_of(measured), measured, lesson.WHOLE in measured["waits"]
        )
        print("\n".join(beyond_a_room.table(rows(setting))))
        return

    simulated = simulate(measured)
    text = json.dumps(simulated, indent=1)
    SIMULATED.write_text(text + "\n", "utf-8", newline="\n")
    beyond_a_room.draw(simulated)
    beyond_a_room.fill_in(simulated)
    print("\n".join(beyond_a_room.table(simulated["rows"])))
    print(f"at {LEARNERS} learners: {simulated['at_30_learners']}")


if __name__ == "__main__":
    main()
