"""From a request's seed to the engine's.

A request has one seed, its choice i has that seed + i (`Job.choice_seed`), and the engine draws
with a number made of a choice's seed.
"""

import hashlib


def engine_seed(seed: int, step: int = 0) -> int:
    """The engine's 32-bit seed for a choice's seed (any integer) and step.

    It is never 2**32 - 1, which the engine takes as "random".
    """
    digest = hashlib.blake2b(f"{seed}/{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (2**32 - 1)
