"""The ids of responses and of their items: each kind has its own beginning."""

import time

from samplers.local.store import files

# Of an item, by its type; "resp" is a response's.
BEGINNINGS = {
    "message": "msg",
    "function_call": "fc",
    "function_call_output": "fco",
    "reasoning": "rs",
}


def new_id(beginning: str) -> str:
    """An id that nobody can guess, such as "msg_…"."""
    return files.new_id(f"{beginning}_", time.time())
