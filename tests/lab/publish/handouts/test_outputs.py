"""What cells printed and showed: streams, errors, long lines, wide tables, pictures."""

import pytest
from small_handouts import (
    Page,
    code,
    html_of,
    outside,
    pdf_alts,
    pdf_colours,
    pdf_text,
    png,
    printed,
    shown,
    squeezed,
    stream,
    text,
)

from samplers.lab.publish.handouts.outputs import joined, terminal

ALTS = [
    "bars of the five most likely tokens",
    'a "quoted" \\ word',
    "</script> <!-- ]]> \u2028 end",
]
EVENT = 'data: {"choices":[{"delta":{"content":"' + "x" * 250 + '"}}]}'
COLUMNS = [f"column_{n:02}" for n in range(12)]


def test_pieces_of_one_stream_are_one():
    pieces = [stream("a"), stream("b\n"), stream("c", name="stderr"), stream("d")]
    assert [it.text for it in joined(pieces)] == ["ab\n", "c", "d"]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        (" 10%\r 50%\r100%\ndone", "100%\ndone"),
        ("one\r\ntwo", "one\ntwo"),
        ("a\x00\x07b", "ab"),
        ("half \ud83d a pair", "half ? a pair"),
    ],
)
def test_a_text_is_what_a_terminal_shows_in_the_end(text, right):
    assert terminal(text) == right


def test_pictures_keep_exactly_their_alternative_text(tmp_path):
    kept = [
        shown({"image/png": png("red"), "text/plain": "<Picture>"}, {"image/png": {"alt": alt}})
        for alt in ALTS
    ]
    attached = {"a.png": {"image/png": png("blue")}}
    source = '![its alt](attachment:a.png "its caption")'
    pdf = printed(tmp_path, text("# T"), code("1", *kept), text(source, attachments=attached))

    alts = [image["alt"] for image in Page(html_of(pdf)).all("img")]
    assert [alt.split() for alt in alts] == [alt.split() for alt in [*ALTS, "its alt"]]
    assert [alt.split() for alt in pdf_alts(pdf)] == [alt.split() for alt in [*ALTS, "its alt"]]
    assert "its caption" in pdf_text(pdf)
    assert "its caption" in Page(html_of(pdf)).text


def test_two_attachments_of_one_name_are_two_pictures(tmp_path):
    cells = [text("# T")]
    for colour in ("red", "blue"):
        attached = {"image.png": {"image/png": png(colour)}}
        cells.append(text(f"![{colour}](attachment:image.png)", attachments=attached))
    for cell in cells:
        del cell["id"]  # as notebooks before nbformat 4.5 are

    pdf = printed(tmp_path, *cells)
    sources = [image["src"] for image in Page(html_of(pdf)).all("img")]
    assert sources == [f"data:image/png;base64,{png(colour)}" for colour in ("red", "blue")]
    assert pdf_colours(pdf) == [(255, 0, 0), (0, 0, 255)]


def test_long_lines_stay_on_the_page(tmp_path):
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    cells = "".join(f"<td>{n}</td>" for n in range(12))
    frame = f"<table><thead><tr>{head}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"
    plain = "  ".join(COLUMNS) + "\n" + "  ".join(f"{n:9}" for n in range(12))
    letters = "L" * 200
    words = "A line of 110 characters, with blanks, " * 3
    table = shown({"text/html": frame, "text/plain": plain})
    pdf = printed(
        tmp_path,
        text(f"# T\n\n{letters} and `{letters}`\n\n| a | b |\n|---|---|\n| `{letters}` | b |"),
        code(f"print('{letters}')", stream(f"{words}\n{letters}\n{EVENT}\n"), table),
    )
    found = squeezed(pdf_text(pdf))
    assert found.count(letters) == 5
    assert squeezed(words) in found
    assert squeezed(EVENT) in found
    assert all(name in found for name in COLUMNS)
    assert outside(pdf) == []
    assert all(name in Page(html_of(pdf)).text for name in COLUMNS)


def test_a_small_table_is_a_table(tmp_path):
    html = "<style>td {color: red}</style><table><tr><th>who</th></tr><tr><td>me</td></tr></table>"
    pdf = printed(tmp_path, text("# T"), code("1", shown({"text/html": html, "text/plain": "me"})))
    page = Page(html_of(pdf))
    assert len(page.all("table")) == 1
    assert "color: red" not in html_of(pdf)
    assert "who" in pdf_text(pdf)


def test_a_head_stands_on_every_page_of_a_long_table(tmp_path):
    rows = "\n".join(f"| row {n} | {n} |" for n in range(90))
    pdf = printed(tmp_path, text(f"# T\n\n| topmost | n |\n|---|---|\n{rows}"), kinds=["pdf"])
    pages = pdf_text(pdf).count("edition · MIT")
    assert pages > 1
    assert pdf_text(pdf).count("topmost") == pages
