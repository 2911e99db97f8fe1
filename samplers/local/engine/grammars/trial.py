"""The trial of grammars: a process of its own, where llguidance compiles one before the engine.

The engine compiles a grammar in its main loop: all other answers wait meanwhile, and a crash there
ends the endpoint. Here a grammar that takes too much time or memory ends this process alone.

`trials.py` starts this file by its path. It imports nothing of this package. It reads lines of JSON
and answers each by one: first the vocabulary, {"tokens", "control", "end"}, then grammars,
{"grammar"}, each answered by {"fault"}: why the grammar cannot be used, or null; or grammars with
an answer's tokens so far, {"grammar", "tokens", "answer"}, each answered by the tokens that may
come next, {"allowed", "ends", "fault"}. It ends when its input does.
"""

import json
import random
import re
import signal
import sys
import time
from contextlib import contextmanager

SECONDS = 1.0  # of CPU time, to compile a grammar; all answers of the engine wait as long
STEPS = 64  # random tokens that a grammar is tried with
WALK_SECONDS = 0.3  # of CPU time, after which no more are tried
MEMORY = 2 << 30  # bytes of addresses, most of which are never used
ANSWERS = 32  # whose state is kept
LONGEST = 2000  # characters of a fault: llguidance quotes the whole grammar

try:
    import resource
except ImportError:  # Windows has no limits of this kind: there the clock alone ends a trial
    resource = None


class Tokenizer:
    """What llguidance asks for: the tokens' bytes, and how a text becomes tokens.

    Here each byte becomes a token: that changes which tokens spell a text, not which texts fit.
    """

    bos_token_id = None

    def __init__(self, tokens: list[str], control: dict[str, str], end: int):
        self.eos_token_id = end
        self.tokens = [token.encode("latin-1") for token in tokens]
        self.special_token_ids = [int(token) for token in control]
        for token, name in control.items():
            self.tokens[int(token)] = b"\xff" + name.encode()
        self._ids = {token: i for i, token in enumerate(self.tokens)}

    def __call__(self, text) -> list[int]:
        data = text if isinstance(text, bytes) else text.encode()
        return [self._ids[bytes([byte])] for byte in data if bytes([byte]) in self._ids]


def fault(tokenizer, grammar: str) -> str | None:
    """Why a grammar cannot be used; None if nothing is wrong in the first tokens of a random text.

    The text is the same each time.
    """
    from llguidance import LLMatcher

    with _limit(SECONDS):
        matcher = LLMatcher(tokenizer, grammar, log_level=0)

    draw = random.Random(0)
    end = time.process_time() + WALK_SECONDS
    for _ in range(STEPS):
        if matcher.is_error() or matcher.is_stopped() or time.process_time() > end:
            break
        allowed = int.from_bytes(matcher.compute_bitmask(), "little")
        allowed &= ~(1 << tokenizer.eos_token)
        if not allowed:
            break
        matcher.consume_token(_one_of(allowed, draw.randrange(tokenizer.vocab_size)))
    return matcher.get_error()[:LONGEST] or None


@contextmanager
def _limit(seconds: float):
    """Ends this process if what is inside takes more CPU time."""
    if resource is not None:
        signal.setitimer(signal.ITIMER_PROF, seconds)  # its signal ends the process
    yield
    if resource is not None:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _one_of(mask: int, start: int) -> int:
    """The first token of a mask from `start` on, or its first of all."""
    later = mask >> start
    if later:
        return start + (later & -later).bit_length() - 1
    return (mask & -mask).bit_length() - 1


def allowed(tokenizer, matchers: dict, asked: dict) -> dict:
    """The tokens that may follow those of an answer: {"allowed", "ends", "fault"}.

    `allowed` are ranges, such as "0-5,8". `ends`: the answer may end here. `matchers` has the
    answers' states; an answer that is not known is read from its start.
    """
    from llguidance import LLMatcher

    tokens = asked["tokens"]
    matcher, known = matchers.pop(asked["answer"], (None, 0))
    if matcher is None or known > len(tokens):
        free = asked["grammar"].replace("%llguidance {}", '%llguidance {"no_forcing": true}', 1)
        with _limit(SECONDS):
            matcher = LLMatcher(tokenizer, free, log_level=0)
        known = 0
    matcher.consume_tokens(tokens[known:])
    if len(matchers) >= ANSWERS:
        del matchers[next(iter(matchers))]
    matchers[asked["answer"]] = (matcher, len(tokens))

    ends = matcher.is_accepting()
    mask = 0 if matcher.is_stopped() else int.from_bytes(matcher.compute_bitmask(), "little")
    bits = f"{mask & ~(1 << tokenizer.eos_token):b}"[::-1]
    ranges = [f"{run.start()}-{run.end() - 1}" for run in re.finditer("1+", bits)]
    fault = matcher.get_error()[:LONGEST] or None
    return {"allowed": ",".join(ranges), "ends": ends, "fault": fault}


def main() -> None:
    from llguidance import LLTokenizer, TokenizerWrapper

    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    vocabulary = json.loads(sys.stdin.readline())
    tokenizer = LLTokenizer(TokenizerWrapper(Tokenizer(**vocabulary)))
    print("{}", flush=True)

    matchers: dict = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "tokens" in asked:
            answer = allowed(tokenizer, matchers, asked)
        else:
            answer = {"fault": fault(tokenizer, asked["grammar"])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
