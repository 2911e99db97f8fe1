"""The endpoint's side of the trial of grammars (`trial.py`): starts it, asks it, replaces it."""

import asyncio
import contextlib
import json
import re
import sys
from pathlib import Path

from samplers.local.engine.remember import LONGEST
from samplers.local.engine.vocabulary import Vocabulary

TRIAL = Path(__file__).with_name("trial.py")
TOO_COSTLY = "it takes too much time or memory to compile"
WALL_SECONDS = 20  # for one trial on a machine that does other things, too
REMEMBERED = 256  # verdicts
LONGEST_LINE = 16 << 20  # bytes, enough for the ranges of the largest vocabulary


class Trials:
    """One process that tries grammars, one after the other. It starts when it is first needed.

    It ends with the endpoint, whose end closes its standard input.
    """

    def __init__(self, vocabulary: Vocabulary, end: int):
        self._vocabulary = vocabulary
        self._end = end  # the token that ends an answer
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._faults: dict[str, str | None] = {}

    async def fault(self, grammar: str) -> str | None:
        """Why a grammar cannot be used; None if it can."""
        async with self._lock:
            if grammar not in self._faults:
                try:
                    verdict = await self._tried(grammar)
                except TimeoutError:  # the machine may have been busy: another time it may do
                    return TOO_COSTLY
                if len(grammar) > LONGEST:
                    return verdict
                if len(self._faults) >= REMEMBERED:
                    del self._faults[next(iter(self._faults))]
                self._faults[grammar] = verdict
            return self._faults[grammar]

    async def _tried(self, grammar: str) -> str | None:
        await self._running()
        try:
            answer = await self._ask({"grammar": grammar})
        except (ConnectionError, EOFError):
            return TOO_COSTLY
        return None if answer["fault"] is None else reason(answer["fault"])

    async def allowed(self, grammar: str, answer: str, tokens: list[int]) -> tuple[str, bool]:
        """The tokens that may follow `tokens` in an answer, as ranges, and whether it may end.

        `answer` names the answer. ValueError if the grammar is given up.
        """
        async with self._lock:
            await self._running()
            asked = {"grammar": grammar, "answer": answer, "tokens": tokens}
            try:
                said = await self._ask(asked)
            except (OSError, EOFError):
                raise ValueError(TOO_COSTLY) from None
        if said["fault"] is not None:
            raise ValueError(reason(said["fault"]))
        return said["allowed"], said["ends"]

    async def _running(self) -> None:
        if self._process is not None and self._process.returncode is None:
            return
        pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", str(TRIAL)),
            **pipes,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LONGEST_LINE,
        )
        tokens = [data.decode("latin-1") for data in self._vocabulary.token_bytes]
        await self._ask({"tokens": tokens, "control": self._vocabulary.control, "end": self._end})

    async def _ask(self, question: dict) -> dict:
        """The process's answer. Without one, the process is ended, and the next one starts anew."""
        process = self._process
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            async with asyncio.timeout(WALL_SECONDS):
                await process.stdin.drain()
                line = await process.stdout.readline()
            if not line:
                raise EOFError("the trial of grammars ended")
            return json.loads(line)
        except BaseException:  # also if the request is cancelled: its answer must not reach another
            self._process = None
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise


def reason(error: str) -> str:
    """What is wrong, from llguidance's message, which quotes the grammar and its own code, too."""
    first = error.split("\n")[0]
    if first.startswith("panic"):
        return "llguidance fails"
    text = first.rpartition("failed to compile JSON schema: ")[2]
    return re.sub(r"^\w+ error: ", "", text, flags=re.IGNORECASE).rstrip(". ")[:200]
