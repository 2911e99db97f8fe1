"""A conversation's history cut to a number of tokens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from samplers.api.request import as_messages


@dataclass(frozen=True)
class Fitted:
    """`messages` that fit, `tokens` of them, and those that were `dropped`, oldest first."""

    messages: list[dict]
    tokens: int
    dropped: list[dict] = field(repr=False)


def fit(messages, budget: int, count: Callable[[list[dict]], int]) -> Fitted:
    """Drops the oldest of `messages` till they have at most `budget` tokens.

    Kept whatever happens: system and developer messages, the last user message, and what came last.
    First whole turns go (a user message and all that answered it), then, in the last turn, the
    oldest answers; a message that calls tools goes with its results. `count`: the tokens of a list
    of messages, such as ``lambda m: client.tokenize(m).count``; it is asked about
    log2(len(messages)) times. Leave room for the answer: ``budget = tokens.context_length -
    max_tokens``. ValueError if not even the least fits.
    """
    messages = as_messages(messages)
    if isinstance(budget, bool) or not isinstance(budget, int) or budget < 1:
        raise ValueError(f"budget must be an int >= 1 (tokens), got {budget!r}")
    droppable = _droppable(messages)

    def without(n: int) -> list[int]:
        gone = {i for group in droppable[:n] for i in group}
        return [i for i in range(len(messages)) if i not in gone]

    def tokens(n: int) -> int:
        return count([messages[i] for i in without(n)])

    fits, found = 0, tokens(0)
    if found > budget:  # `low` groups dropped are too few; `fits` are enough
        low, fits = 0, len(droppable)
        found = tokens(fits)
        if found > budget:
            raise ValueError(
                f"budget must be >= {found} tokens, which the least that can be kept has, got {budget}"
            )
        while fits - low > 1:
            middle = (low + fits) // 2
            size = tokens(middle)
            if size <= budget:
                fits, found = middle, size
            else:
                low = middle
    kept = without(fits)
    dropped = [messages[i] for i in range(len(messages)) if i not in set(kept)]
    return Fitted([messages[i] for i in kept], found, dropped)


def _droppable(messages: Sequence[dict]) -> list[list[int]]:
    """Groups of indices in the order in which they may go; what is in none must stay."""
    turns: list[list[list[int]]] = [[]]
    for group in _groups(messages):
        if messages[group[0]]["role"] == "user" and turns[-1]:
            turns.append([])
        turns[-1].append(group)
    *older, last = turns
    asked = 1 if last and messages[last[0][0]]["role"] == "user" else 0
    return [[i for group in turn for i in group] for turn in older] + last[asked:-1]


def _groups(messages: Sequence[dict]) -> list[list[int]]:
    """Messages that only make sense together, as indices: a call with its results, any other alone;
    no instructions.
    """
    groups: list[list[int]] = []
    open_calls: set = set()
    for i, message in enumerate(messages):
        role = message["role"]
        if role in ("system", "developer"):
            continue
        if role == "tool":
            if message.get("tool_call_id") not in open_calls:
                raise ValueError(
                    f"messages[{i}] is the result of a tool call that is not right before it"
                )
            groups[-1].append(i)
            continue
        groups.append([i])
        open_calls = {call.get("id") for call in message.get("tool_calls") or ()}
    return groups
