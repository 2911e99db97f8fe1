"""What answers at the same time take of the memory, and how many fit."""

from samplers.local.engine.server import CONTEXT
from samplers.local.engine.slots import SLOTS, engine_slots
from samplers.local.room.free_memory import free_memory

# Bytes of the engine's cache for a token of the default model, in half precision: 30 layers, keys
# and values of 3 heads with 64 numbers each.
TOKEN_BYTES = 30 * 2 * 3 * 64 * 2
# Bytes besides the caches, measured: 350 MB, and twice 200 MB for logprobs of a whole vocabulary.
BESIDES = 750_000_000


def slot_bytes(token_bytes: int = TOKEN_BYTES) -> int:
    """What one slot's cache takes of the memory."""
    return CONTEXT * token_bytes


def memory(slots: int, token_bytes: int = TOKEN_BYTES) -> int:
    """Bytes that the endpoint takes with so many slots."""
    return engine_slots(slots) * slot_bytes(token_bytes) + BESIDES


def check_memory(slots: int, token_bytes: int = TOKEN_BYTES) -> int:
    """The bytes that so many slots take. ValueError if these are more than what is free.

    The default is not refused, and nothing is where the system does not tell what is free.
    """
    free = free_memory()
    needed = memory(slots, token_bytes)
    if slots <= SLOTS or free is None or needed <= free:
        return needed

    fit = slots - -(-(needed - free) // slot_bytes(token_bytes))
    do = f"--slots {fit} fits" if fit > SLOTS else "without --slots and --class it takes least"
    raise ValueError(
        f"{slots} slots need {gigabytes(needed)} of memory, {gigabytes(slot_bytes(token_bytes))} "
        f"for each, and {gigabytes(free)} are free: {do}"
    )


def gigabytes(count: int) -> str:
    """A number of bytes, for people."""
    return f"{count / 1e9:.2f} GB"
