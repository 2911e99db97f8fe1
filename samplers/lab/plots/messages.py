"""A conversation in tokens: its messages against a budget, and what each turn is billed."""

import json
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from samplers.api import Usage
from samplers.checks import shown
from samplers.lab.plots import style
from samplers.lab.plots.labels import columns, readable, shorten
from samplers.lab.plots.page import HEADING, page, write
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

Tokens = Annotated[int, (0, 10**9)]  # how many
ROW = 0.3  # inches per message
TOP = 0.5  # inches: the upper edge of the first message
ROLE = 0.1  # inches: where the roles begin
TEXT = 0.88  # inches: where the texts begin
LEFT = 3.9  # inches: between here and RIGHT are the bars
RIGHT = 7.1
COLUMN = 0.064  # inches of a half-width column of a message's text
BEGINNING = "(the answer begins)"
COLOURS = {
    "system": style.PURPLE,
    "developer": style.PURPLE,
    "user": style.BLUE,
    "assistant": style.GREEN,
    "tool": style.ORANGE,
}
# never colour alone
HATCHES = {"system": "----", "developer": "----", "assistant": "////", "tool": "...."}
PARTS = {  # of what a turn is billed
    "sent before, sent again": {"facecolor": style.PALE, "edgecolor": style.GREY, "hatch": "////"},
    "new in the prompt": {"facecolor": style.BLUE, "edgecolor": "white"},
    "the answer": {"facecolor": style.GREEN, "edgecolor": "white", "hatch": "...."},
}


def one_line(message: dict) -> str:
    """A message's text, or the calls that it makes: get_weather({"city":"Paris"})."""
    content = message.get("content") or ""
    if isinstance(content, list):  # content parts
        content = "".join(part.get("text") or f"[{part.get('type')}]" for part in content)
    functions = [call["function"] for call in message.get("tool_calls") or ()]
    calls = [f"{function['name']}({function['arguments']})" for function in functions]
    texts = [content, *calls] if content else calls
    return " ".join(texts)


def which_stay(messages: Sequence[dict], kept: Sequence[dict]) -> np.ndarray:
    """Whether each message is in `kept`, (n,) bool; of equal messages the newest stays.

    ValueError if `kept` has other messages, or another order.
    """
    stays = np.zeros(len(messages), dtype=bool)
    unmatched = list(kept)

    for i in reversed(range(len(messages))):
        if unmatched and _as_json(messages[i]) == _as_json(unmatched[-1]):
            stays[i] = True
            unmatched.pop()

    if unmatched:
        raise ValueError(
            f"kept must be some of messages, in their order, got {unmatched[-1]!r:.200}"
        )

    return stays


def _as_json(message: dict) -> str:
    return json.dumps(message, sort_keys=True, default=str)


def _check_message(message: dict) -> None:
    """ValueError for a message that has no role, or that `one_line` cannot read."""
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    calls = message.get("tool_calls") or []
    is_read = isinstance(message.get("role"), str) and isinstance(content, str | list | None)
    is_read = is_read and all(isinstance(part, dict) for part in parts)
    try:
        is_read = is_read and all({"name", "arguments"} <= {*call["function"]} for call in calls)
    except (TypeError, KeyError):
        is_read = False
    if not is_read:
        words = "each a role with a content, or with tool_calls"
        raise ValueError(f"messages must be {words}, got {shown(message)}")


@styled
def plot_messages(
    messages: Sequence[dict],
    tokens: Sequence[Tokens],
    budget: Tokens,
    kept: Sequence[dict] | None = None,
    opening: Tokens = 0,
    title: str | None = None,
) -> Picture:
    """A conversation, oldest message on top, with a bar for each message's tokens.

    Each bar begins where the one before it ends, as in the prompt. `tokens` (n,): of each message,
    its marks included; `opening`: the tokens that open the answer, after the last message. `kept`:
    the messages that are sent, such as ``fit(…).messages`` (None: all); the others are crossed out
    and take no place. The dashed line is the budget, in tokens. data: tokens, kept (n,) bool, total
    (int, with opening), budget.
    """
    for message in messages:
        _check_message(message)
    tokens = np.asarray(tokens, dtype=np.int64)
    if tokens.shape != (len(messages),) or not len(messages):
        raise ValueError(
            f"tokens must be one number per message, ({len(messages)},), got shape {tokens.shape}"
        )
    heading = title or "A conversation against its budget"
    stays = np.ones(len(messages), dtype=bool) if kept is None else which_stay(messages, kept)
    total = int(tokens[stays].sum()) + opening
    fits = total <= budget
    verdict = "fits" if fits else f"{total - budget} too many"

    figure, ax = page(7.5, 0.95 + ROW * (len(messages) + bool(opening)))
    write(ax, ROLE, 0.22, heading, fontsize=HEADING)
    scale = (RIGHT - LEFT) / max(int(tokens.sum()) + opening, budget)  # inches per token
    bottom = _draw_messages(ax, messages, tokens, stays, scale)
    if opening:
        start = LEFT + (total - opening) * scale
        _draw_text(ax, bottom, "assistant", BEGINNING, opening)
        _draw_bar(ax, bottom, "assistant", start, opening * scale)
        bottom += ROW
    _draw_budget(ax, LEFT + budget * scale, bottom, budget)
    sent = f"sent: {total} tokens, {verdict}"
    ink = style.BLACK if fits else style.VERMILION
    write(ax, ROLE, bottom + 0.16, sent, fontsize=9.5, color=ink)

    alt = f"{heading}. Budget {budget} tokens; sent {total}, {verdict}. "
    alt += " ".join(map(_describe, messages, tokens, stays))
    if opening:
        alt += f" The beginning of the answer: {opening} tokens."
    return picture_of(figure, heading, alt, tokens=tokens, kept=stays, total=total, budget=budget)


def _draw_messages(
    ax: Axes, messages: Sequence[dict], tokens: np.ndarray, stays: np.ndarray, scale: float
) -> float:
    """A row per message; `scale` is inches per token. Returns the lower edge of the last row."""
    x = LEFT
    top = TOP

    for message, count, sent in zip(messages, tokens, stays, strict=True):
        role = message["role"]
        _draw_text(ax, top, role, one_line(message), int(count), sent)
        _draw_bar(ax, top, role, x, count * scale, sent)
        if sent:
            x += count * scale
        top += ROW

    _join_calls(ax, messages)
    return top


def _draw_text(ax: Axes, top: float, role: str, text: str, tokens: int, sent: bool = True) -> None:
    """A message's role, text and number of tokens. A message that is not sent is crossed out."""
    middle = top + ROW / 2
    ink = style.BLACK if sent else style.GREY
    label = shorten(readable(text).replace("␣", " "), 38)
    write(ax, ROLE, middle, role, fontsize=9, color=ink)
    write(ax, TEXT, middle, label, fontsize=8.5, color=ink)
    write(ax, LEFT - 0.1, middle, str(tokens), fontsize=8.5, ha="right", color=ink)
    if not sent:
        end = min(TEXT + COLUMN * columns(label), LEFT - 0.4)
        ax.plot([TEXT - 0.02, end], [middle, middle], color=style.VERMILION, linewidth=0.9)


def _draw_bar(ax: Axes, top: float, role: str, x: float, width: float, sent: bool = True) -> None:
    look = style.REMOVED
    if sent:
        look = {
            "facecolor": COLOURS.get(role, style.GREY),
            "edgecolor": "white",
            "hatch": HATCHES.get(role, ""),
            "linewidth": 0,
        }
    ax.add_patch(Rectangle((x, top + 0.05), width, ROW - 0.1, **look))


def _draw_budget(ax: Axes, x: float, bottom: float, budget: int) -> None:
    ax.plot([x, x], [0.42, bottom], color=style.BLACK, linestyle="--", linewidth=1.4)
    write(ax, x + 0.05, bottom + 0.16, f"budget {budget}", fontsize=9, ha="right")


def _join_calls(ax: Axes, messages: Sequence[dict]) -> None:
    """A bracket from each tool call to each of its results: they stay together or go together."""
    caller = None
    for i, message in enumerate(messages):
        if message["role"] != "tool":
            caller = i if message.get("tool_calls") else None
        elif caller is not None:
            y = [TOP + ROW * (caller + 0.5)] * 2 + [TOP + ROW * (i + 0.5)] * 2
            ax.plot([0.82, 0.78, 0.78, 0.82], y, color=style.BLACK, linewidth=1)


def _describe(message: dict, tokens: int, sent: bool) -> str:
    text = one_line(message)
    left_out = "" if sent else ", left out"
    stop = "" if text.endswith((".", "!", "?", "。", "？")) else "."
    return f"{message['role']}, {tokens} tokens{left_out}: {shorten(text, 60)}{stop}"


@styled
def plot_turns(usages: Sequence[Usage], title: str | None = None) -> Picture:
    """The `usage` of each call of one growing conversation: stacked bars, with totals above them.

    A call's prompt holds the whole prompt of the call before. data: prompt, again, new, answer,
    arrays (n,) of tokens.
    """
    if not len(usages):
        raise ValueError("usages must hold at least one call's usage, got none")
    heading = title or "What each turn is billed"
    prompt = np.array([usage.prompt_tokens for usage in usages])
    answer = np.array([usage.completion_tokens for usage in usages])
    again = np.append(0, np.minimum(prompt[:-1], prompt[1:]))
    new = prompt - again
    turns = np.arange(1, len(prompt) + 1)

    figure = new_figure(6.2, 3.2)
    ax = figure.add_subplot()
    ax.set_title(heading)
    bottom = np.zeros(len(prompt))
    for (name, look), tokens in zip(PARTS.items(), (again, new, answer), strict=True):
        ax.bar(turns, tokens, bottom=bottom, width=0.7, linewidth=0.6, label=name, **look)
        bottom += tokens
    for turn, total in zip(turns, bottom, strict=True):
        ax.text(turn, total, f"{total:.0f}", ha="center", va="bottom", fontsize=9)
    ax.set_xticks(turns)
    ax.set_xlabel("turn")
    ax.set_ylabel("tokens")
    ax.margins(y=0.12)
    ax.legend(loc="upper left")

    sentences = [
        f"Turn {turn}: {again[i]} tokens sent again, {new[i]} new, {answer[i]} answered."
        for i, turn in enumerate(turns)
    ]
    alt = (
        f"{heading}. {' '.join(sentences)} "
        f"In all {prompt.sum()} prompt tokens, {again.sum()} of them sent before."
    )
    return picture_of(figure, heading, alt, prompt=prompt, again=again, new=new, answer=answer)
