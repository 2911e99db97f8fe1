"""Rows of text as a table, in HTML for a notebook and in plain text for a terminal."""

import html
from collections.abc import Sequence


def html_table(rows: Sequence[Sequence[str]], row_headings: bool = False) -> str:
    """The first row is the head; with `row_headings` each row's first cell is its heading."""
    head, *body = [[html.escape(cell) for cell in row] for row in rows]
    titles = "".join(f'<th scope="col">{cell}</th>' for cell in head)

    lines = ""
    for row in body:
        cells = [f"<td>{cell}</td>" for cell in row]
        if row_headings:
            cells[0] = f'<th scope="row">{row[0]}</th>'
        lines += f"<tr>{''.join(cells)}</tr>"
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"


def text_table(rows: Sequence[Sequence[str]]) -> str:
    """Each column as wide as its longest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
