"""A coloured text as HTML: a token shows what the model expected there, on hover or on focus.

There is no script. The tokens are a group of radio buttons: one press of Tab enters it, the arrow
keys go from token to token, and the next Tab leaves it, however long the text is. Whatever comes
from a model is escaped, and MathJax leaves its dollars alone. The buttons and what they show are
`hidden`, and the stylesheet shows them: where it is taken out, as from a notebook that JupyterLab
does not trust, the text alone is left.
"""

import math
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from secrets import token_hex

from samplers.lab.plots.bars import listing
from samplers.lab.plots.labels import number
from samplers.lab.plots.text.shading import (
    INFINITE,
    ShadedToken,
    colour,
    ends_line,
    key,
    nats,
    shades,
    surprise,
    text_of,
    unit,
    what_it_means,
)
from samplers.wire.tokens import readable


@cache
def stylesheet() -> str:
    """The CSS of every coloured text."""
    return Path(__file__).with_name("text.css").read_text("utf-8")


def texts_html(
    heading: str, names: Sequence[str], notes: Sequence[str], texts: Sequence[list], by: str
) -> str:
    """`texts` (lists of ShadedToken) one below the other, with their names and notes, and a key."""
    parts = [f"<style>{stylesheet()}</style>"]
    if names[0]:
        parts.append(f'<p class="heading">{escape(heading)}</p>')
    for name, note, tokens in zip(names, notes, texts, strict=True):
        parts.append(_line("name" if name else "heading", name or heading, note))
        parts.append(_text(name or heading, tokens))
    parts.append(_key([token for tokens in texts for token in tokens], by))
    classes = "samplers-text mathjax_ignore tex2jax_ignore"
    return f'<div class="{classes}">{"".join(parts)}</div>'


def _line(kind: str, words: str, note: str) -> str:
    return f'<p class="{kind}"><span>{escape(words)}</span><small>{escape(note)}</small></p>'


def _text(name: str, tokens: list[ShadedToken]) -> str:
    group = f"samplers-{token_hex(8)}"
    inside = "".join(_token(token, group) for token in tokens)
    return (
        f'<p class="tokens" dir="auto" role="radiogroup" aria-label="{escape(name)}">{inside}</p>'
    )


def _token(token: ShadedToken, group: str) -> str:
    text = text_of(token.bytes, token.label, readable)
    if token.low is not None and math.isinf(token.low):
        text += INFINITE
    word = text.lstrip(" ")
    spaces = "&nbsp;" * (len(text) - len(word))  # a line may end before them, and not after them
    said = [token.label, *facts(token)]
    if token.top:
        pairs = listing((label, number(p)) for label, p in token.top)
        said.append(f"most probable here: {pairs}")
    # data-lm-suppress-shortcuts: JupyterLab would take the arrow keys as its own
    return (
        f"{'<wbr>' if spaces else ''}<label>"
        f'<input hidden="hidden" type="radio" name="{group}" aria-label="{escape("; ".join(said))}"'
        ' data-lm-suppress-shortcuts="true">'
        f'{_popup(token)}<span class="token"{_style(shades(token))}>{spaces}{escape(word)}</span>'
        f"</label>{'<br>' if ends_line(token.bytes) else ''}"
    )


def _style(levels: tuple[int, ...]) -> str:
    """The attributes of a box in the colours of its levels; dashed and empty if there is none."""
    if not levels:
        return ' data-level="none"'
    first, last = colour(levels[0]), colour(levels[-1])
    fill = f"linear-gradient(90deg, {first} 50%, {last} 50%)" if first != last else first
    return f' data-level="{levels[-1]}" style="background: {fill}"'


def facts(token: ShadedToken) -> list[str]:
    """A token's surprise and the entropy before it, each in words."""
    words = []
    if token.logprob is not None:
        p = number(math.exp(token.logprob))
        surprised = surprise(token.logprob)
        words.append(f"surprise {nats(surprised, surprised)} nats (p = {p})")
    if token.entropy is not None:
        words.append(f"entropy before it {nats(*token.entropy)} nats")
    return words or ["nothing is known of it"]


def _popup(token: ShadedToken) -> str:
    rows = "".join(_row(label, p, label == token.label) for label, p in token.top)
    lines = "".join(f"<span>{escape(line)}</span>" for line in facts(token))
    return (
        '<span class="popup" dir="ltr" aria-hidden="true" hidden="hidden">'
        f"<b><bdi>{escape(token.label)}</bdi></b>{lines}{rows}</span>"
    )


def _row(label: str, p: float, is_this: bool) -> str:
    mark = "this" if is_this else ""
    return (
        f'<span class="row {mark}"><span>{escape(number(p))}</span>'
        f'<i><i style="width: {100 * p:.0f}%"></i></i><bdi>{escape(label)}</bdi></span>'
    )


def _key(tokens: list[ShadedToken], by: str) -> str:
    boxes = [
        f'<span><span class="token"{_style(levels)}></span>{escape(meaning)}</span>'
        for levels, meaning in key(tokens)
    ]
    words = f"<small>{escape(unit(by))}; {escape(what_it_means(by))}</small>"
    return f'<p class="key">{"".join(boxes)}{words}</p>'
