"""A conversation as a picture: which messages stay, how many tokens each has, and where the budget
ends.
"""

import json
from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle

from samplers.lab.plots import style
from samplers.lab.plots.labels import columns, readable, shorten
from samplers.lab.plots.picture import Picture, picture_of
from samplers.lab.plots.style import styled
from samplers.lab.plots.tokens import page

ROW, TOP = 0.3, 0.5  # inches: a message, the first one's upper edge
LEFT, RIGHT = 3.9, 7.1  # inches: where the bars may be
COLOURS = {"system": style.PURPLE, "developer": style.PURPLE, "user": style.BLUE, "assistant": style.GREEN,
           "tool": style.ORANGE}  # fmt: skip
# never colour alone
HATCHES = {"system": "----", "developer": "----", "user": "", "assistant": "////", "tool": "...."}


def words(message: dict) -> str:
    """A message in one line: its text, or the calls that it makes, get_weather({"city":"Paris"})."""
    content = message.get("content")
    if isinstance(content, list):  # content parts
        content = "".join(part.get("text") or f"[{part.get('type')}]" for part in content)
    functions = [call["function"] for call in message.get("tool_calls") or ()]
    return " ".join(
        [*([content] if content else []), *(f"{f['name']}({f['arguments']})" for f in functions)]
    )


def which_stay(messages: Sequence[dict], kept: Sequence[dict]) -> np.ndarray:
    """Whether each message is in `kept`, (n,) bool; of equal ones the newest. ValueError if `kept`
    has others.
    """
    stay, left = np.zeros(len(messages), dtype=bool), list(kept)
    for i in reversed(range(len(messages))):
        if left and _plain(messages[i]) == _plain(left[-1]):
            stay[i] = True
            left.pop()
    if left:
        raise ValueError(f"kept must be some of messages, in their order, got {left[-1]!r:.200}")
    return stay


def _plain(message: dict) -> str:
    return json.dumps(message, sort_keys=True, default=str)


@styled
def plot_messages(messages: Sequence[dict], tokens: Sequence[int], budget: int, kept: Sequence[dict] | None = None,
                  opening: int = 0, title: str | None = None) -> Picture:  # fmt: skip
    """A conversation, oldest message on top; each bar begins where the one before it ends, as in
    the prompt.

    `tokens` (n,): of each message, its marks included; `opening`: those that open the answer, after
    the last message. `kept`: the messages that are sent, such as ``fit(…).messages`` (None: all);
    the others are crossed out and take no place. The dashed line is the budget, in tokens. data:
    tokens, kept (n,) bool, total (int, with opening), budget.
    """
    tokens = np.asarray(tokens, dtype=np.int64)
    if tokens.shape != (len(messages),) or not len(messages):
        raise ValueError(
            f"tokens must be one number a message, ({len(messages)},), got shape {tokens.shape}"
        )
    stay = np.ones(len(messages), dtype=bool) if kept is None else which_stay(messages, kept)
    total = int(tokens[stay].sum()) + opening
    figure, ax = page(7.5, 0.95 + ROW * (len(messages) + bool(opening)))
    heading = title or "A conversation against its budget"
    ax.text(0.1, 0.22, heading, fontsize=10.5, va="center_baseline")
    scale = (RIGHT - LEFT) / max(int(tokens.sum()) + opening, budget)
    x, top = LEFT, TOP
    for message, n, stays in zip(messages, tokens, stay, strict=True):
        _row(ax, top, message["role"], words(message), x, int(n), scale, stays)
        x += n * scale * stays
        top += ROW
    _join_calls(ax, messages)
    if opening:
        _row(ax, top, "assistant", "(the answer begins)", x, opening, scale, True)
        top += ROW
    edge = LEFT + budget * scale
    ax.plot([edge, edge], [0.42, top], color=style.BLACK, linestyle="--", linewidth=1.4)
    ax.text(
        edge + 0.05, top + 0.16, f"budget {budget}", fontsize=9, va="center_baseline", ha="right"
    )
    verdict = "fits" if total <= budget else f"{total - budget} too many"
    ink = style.BLACK if total <= budget else style.VERMILION
    ax.text(
        0.1,
        top + 0.16,
        f"sent: {total} tokens, {verdict}",
        fontsize=9.5,
        va="center_baseline",
        color=ink,
    )
    alt = f"{heading}. Budget {budget} tokens; sent {total}, {verdict}. " + " ".join(
        f"{m['role']}, {n} tokens{'' if s else ', left out'}: {shorten(words(m), 60)}"
        + ("" if words(m).endswith((".", "!", "?", "。", "？")) else ".")
        for m, n, s in zip(messages, tokens, stay, strict=True)
    )
    alt += f" The beginning of the answer: {opening} tokens." if opening else ""
    return picture_of(figure, heading, alt, tokens=tokens, kept=stay, total=total, budget=budget)


def _join_calls(ax, messages: Sequence[dict]) -> None:
    """A bracket around each tool call and its results: they stay together or go together."""
    caller = None
    for i, message in enumerate(messages):
        if message["role"] != "tool":
            caller = i if message.get("tool_calls") else None
        elif caller is not None:
            high, low = (TOP + ROW * (n + 0.5) for n in (caller, i))
            ax.plot(
                [0.82, 0.78, 0.78, 0.82], [high, high, low, low], color=style.BLACK, linewidth=1
            )


def _row(
    ax, top: float, role: str, text: str, x: float, tokens: int, scale: float, stays: bool
) -> None:
    """One message: role, text, bar from `x` on, its tokens. One that goes is crossed out."""
    middle, ink = top + ROW / 2, style.BLACK if stays else style.GREY
    ax.text(
        0.1,
        middle,
        role,
        fontsize=9,
        va="center_baseline",
        color=COLOURS.get(role, ink) if stays else ink,
    )
    label = shorten(readable(text).replace("␣", " "), 38)
    ax.text(0.88, middle, label, fontsize=8.5, va="center_baseline", color=ink)
    if not stays:
        end = 0.88 + 0.064 * columns(label)
        ax.plot(
            [0.86, min(end, LEFT - 0.4)], [middle, middle], color=style.VERMILION, linewidth=0.9
        )
    look = {
        "facecolor": COLOURS.get(role, style.GREY),
        "edgecolor": "white",
        "hatch": HATCHES.get(role, ""),
    }
    look = {**look, "linewidth": 0} if stays else style.REMOVED
    ax.add_patch(Rectangle((x, top + 0.05), tokens * scale, ROW - 0.1, **look))
    ax.text(
        LEFT - 0.1, middle, str(tokens), fontsize=8.5, va="center_baseline", ha="right", color=ink
    )
