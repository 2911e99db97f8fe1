"""Bills as stacked bars: what each part of them costs."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

import numpy as np

from samplers.api import usd
from samplers.checks import is_number, shown
from samplers.lab.plots import style
from samplers.lab.plots.picture import Picture, new_figure, picture_of
from samplers.lab.plots.style import styled

ROW = 0.34  # inches
LOOKS = (
    style.AFTER,
    {"facecolor": "white", "edgecolor": style.VERMILION, "linewidth": 0.6, "hatch": "xxxx"},
    {"facecolor": "white", "edgecolor": style.GREEN, "linewidth": 0.6, "hatch": "////"},
    style.BEFORE,
)


@styled
def plot_bills(
    bills: Annotated[Mapping[str, Annotated[Mapping, 1]], 1], title: str | None = None
) -> Picture:
    """A bar for each bill, {name: {part: USD}}, with its sum at the end; four parts at most.

    A part that costs nothing is not drawn. data: names, parts, amounts (bills, parts), sums.
    """
    heading = title or "What it costs"
    parts = list(dict.fromkeys(part for bill in bills.values() for part in bill))
    if len(parts) > len(LOOKS):
        raise ValueError(f"bills must have {len(LOOKS)} parts at most, got {shown(parts)}")
    for name, bill in bills.items():
        if not all(_is_amount(amount) for amount in bill.values()):
            raise ValueError(f"bills must hold amounts of USD >= 0, got {shown(bill)} of {name}")
    amounts = np.array([[float(bill.get(part, 0)) for part in parts] for bill in bills.values()])
    sums = amounts.sum(axis=1)

    figure = new_figure(7.4, 1.2 + ROW * len(bills))
    figure.suptitle(heading, x=0.01, ha="left")
    ax = figure.add_subplot()
    left = np.zeros(len(bills))
    rows = np.arange(len(bills))
    for part, column, look in zip(parts, amounts.T, LOOKS, strict=False):
        ax.barh(rows, column, left=left, height=0.7, label=part, **look)
        left += column
    for row, total in zip(rows, sums, strict=True):
        ax.annotate(
            usd(total), (total, row), (4, 0), textcoords="offset points", va="center", fontsize=9
        )
    ax.set_yticks(rows, bills)
    ax.invert_yaxis()
    ax.margins(x=0.12, y=0.03)
    ax.set_xlim(left=0)
    ax.set_xlabel("USD")
    figure.legend(loc="outside lower center", ncols=len(parts))

    sentences = [
        f"{name}: {usd(total)} ("
        + ", ".join(f"{part} {usd(cell)}" for part, cell in zip(parts, row, strict=True) if cell)
        + ")."
        for name, row, total in zip(bills, amounts, sums, strict=True)
    ]
    alt = f"{heading}. {' '.join(sentences)}"
    return picture_of(
        figure, heading, alt, names=tuple(bills), parts=tuple(parts), amounts=amounts, sums=sums
    )


def _is_amount(amount) -> bool:
    is_finite = amount.is_finite() if isinstance(amount, Decimal) else is_number(float, amount)
    return is_finite and amount >= 0
