"""Rows of text as an HTML table, for results that a notebook shows."""

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
