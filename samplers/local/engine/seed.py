"""From a request's seed to the engine's.

A request has one seed, and its choice i has that seed + i (`Job.choice_seed`). What the engine gets
is made of a choice's seed and a step: 0 where one call draws the whole choice, the token's index
where each token has a call of its own, -1 for the draw between a function call and text, and -2 for
the seed of the choice's thoughts.
"""

import hashlib


def engine_seed(seed: int, step: int = 0) -> int:
    """The engine's 32-bit seed for a choice's seed, which is any integer, and a step.

    It is never 2**32 - 1, which the engine takes as "random".
    """
    digest = hashlib.blake2b(f"{seed}/{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (2**32 - 1)
