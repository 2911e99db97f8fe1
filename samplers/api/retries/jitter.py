"""How long a client waits before it tries again, where the endpoint does not say it."""

import random

FIRST = 0.5  # seconds; this and MOST are those of OpenAI's SDK
MOST = 8.0
# From the operating system: a fork or random.seed() must not make several clients wait alike.
_RANDOM = random.SystemRandom()


def full_jitter(retry: int, rng=_RANDOM) -> float:
    """Seconds to wait before a call's retry number `retry`, 1 for the first.

    They are drawn evenly from [0, min(MOST, FIRST · 2^(retry − 1))]. So clients that failed
    together do not come back together. `rng`: a random.Random or a numpy Generator.
    Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    doublings = min(retry - 1, 10)  # MOST is reached long before a float ends
    return rng.uniform(0.0, min(MOST, FIRST * 2**doublings))
