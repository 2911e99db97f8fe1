"""A conversation's history cut to a number of tokens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from samplers.api.request import as_messages


@dataclass(frozen=True)
class Fitted:
    """The `messages` that fit, their number of `tokens`, and the `dropped` ones, oldest first."""

    messages: list[dict]
    tokens: int
    dropped: list[dict] = field(repr=False)


def fit(messages, budget: int, count: Callable[[list[dict]], int]) -> Fitted:
    """Drops the oldest of `messages` until the rest has at most `budget` tokens.

    Always kept: system and developer messages, the last user message, and the last message or
    group. Whole turns are dropped first (a user message and all that answered it), then the oldest
    answers of the last turn. A message that calls tools is dropped together with its results.

    `count` gives the tokens of a list of messages, such as ``lambda m: client.tokenize(m).count``.
    It is called about log2(len(messages)) times. Leave room for the answer: ``budget =
    tokens.context_length - max_tokens``. ValueError if what is always kept does not fit.
    """
    messages = as_messages(messages)
    if isinstance(budget, bool) or not isinstance(budget, int) or budget < 1:
        raise ValueError(f"budget must be an int >= 1 (tokens), got {budget!r}")
    droppable = _droppable(messages)

    def kept(drops: int) -> list[int]:
        """The indices that remain when the first `drops` groups are dropped."""
        dropped = {i for group in droppable[:drops] for i in group}
        return [i for i in range(len(messages)) if i not in dropped]

    def tokens(drops: int) -> int:
        return count([messages[i] for i in kept(drops)])

    drops, size = _fewest_drops(tokens, len(droppable), budget)
    indices = kept(drops)
    dropped = [message for i, message in enumerate(messages) if i not in set(indices)]
    return Fitted([messages[i] for i in indices], size, dropped)


def _fewest_drops(tokens: Callable[[int], int], groups: int, budget: int) -> tuple[int, int]:
    """(how many of the groups must be dropped, the tokens that remain), by binary search."""
    size = tokens(0)
    if size <= budget:
        return 0, size

    least = tokens(groups)
    if least > budget:
        raise ValueError(
            f"budget must be >= {least} tokens, the size of what is always kept, got {budget}"
        )

    too_few = 0
    enough = groups
    size = least
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        middle_size = tokens(middle)
        if middle_size <= budget:
            enough = middle
            size = middle_size
        else:
            too_few = middle
    return enough, size


def _droppable(messages: Sequence[dict]) -> list[list[int]]:
    """Groups of indices in the order in which they may be dropped. The other messages must stay."""
    turns: list[list[list[int]]] = [[]]
    for group in _groups(messages):
        if messages[group[0]]["role"] == "user" and turns[-1]:
            turns.append([])
        turns[-1].append(group)

    *older, last = turns
    has_question = bool(last) and messages[last[0][0]]["role"] == "user"
    answers = last[1:] if has_question else last
    return [[i for group in turn for i in group] for turn in older] + answers[:-1]


def _groups(messages: Sequence[dict]) -> list[list[int]]:
    """Messages that only make sense together, as indices; system and developer messages left out.

    A message with tool calls and their results are one group; every other message is its own.
    """
    groups: list[list[int]] = []
    open_calls: set = set()  # ids of the last message's tool calls

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
        else:
            groups.append([i])
            open_calls = {call.get("id") for call in message.get("tool_calls") or ()}

    return groups
