"""Markdown reaches paper and HTML as JupyterLab shows it: prices, raw HTML, odd names."""

import pytest
from lesson_pages import DOCUMENT, GLOSSARY, MASTERS, NOTEBOOKS, ROOT, markdown
from small_handouts import Page, html_of, pdf_text, png, printed, squeezed, text

from samplers.lab.publish.handouts.markdown import prices_escaped, read
from samplers.lab.publish.handouts.tree import plain, walk

GUIDE = NOTEBOOKS / "instructor.md"
TEXTS = [*MASTERS, DOCUMENT, GLOSSARY, ROOT / "README.md", *([GUIDE] if GUIDE.exists() else [])]
PRICES = "costs $20 and $30, also **35$** and **40$**; $0.15/$0.60 per M"
AMOUNTS = ("$20", "$30", "35$", "40$", "$0.15/$0.60 per M")


def kinds(source: str) -> list[str]:
    found = []
    walk(read([source])[0], lambda it: found.append(it["t"]))
    return found


@pytest.mark.parametrize("source", [PRICES, PRICES.replace("$", "\\$")], ids=["bare", "escaped"])
def test_prices_stay_text(source):
    blocks = read([source])[0]
    assert all(amount in plain(blocks) for amount in AMOUNTS)
    assert kinds(source).count("Strong") == 2
    assert "Math" not in kinds(source)


@pytest.mark.parametrize(
    "source",
    [
        "$1/T$ and $2^n$, so $x$",
        "$$q = 5$$",
        r"$T = \text{a few words}$",
        "`$20 and $30`",
        "```\n$5 and $6\n```",
        r"a \$5 note",
    ],
)
def test_formulas_and_code_keep_their_dollars(source):
    assert prices_escaped(source) == source


def test_a_price_beside_a_formula():
    source = prices_escaped("$5 and then $x$")
    assert source == r"\$5 and then $x$"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_text_of_the_kit_has_a_price_that_could_be_a_formula(path):
    source = markdown(path)
    assert prices_escaped(source) == source, "write \\$"


HTML = """a<br>b, H<sub>2</sub>O, <|im_start|> &lt;|im_end|&gt; <think>aloud</think> <!-- secret -->

<img src="a.png" alt="x">

<details><summary>Hint</summary>

Look **again**.

</details>

<!-- another secret -->

<table><tr><th>head</th></tr><tr><td>cell</td></tr></table>
"""


def test_raw_html_reaches_paper_and_html(tmp_path):
    import base64

    (tmp_path / "a.png").write_bytes(base64.b64decode(png("red")))
    pdf = printed(tmp_path, text("# Title"), text(HTML))
    page = Page(html_of(pdf))
    assert [image["alt"] for image in page.all("img")] == ["x"]

    for shown in (pdf_text(pdf), page.text):
        assert "ab" not in shown.replace("table", "")
        assert "H2O" in squeezed(shown)
        words = ("<|im_start|>", "<|im_end|>", "<think>aloud</think>", "Hint", "Lookagain.")
        assert [word for word in (*words, "head", "cell") if word not in squeezed(shown)] == []
        assert "secret" not in shown


@pytest.mark.parametrize("edition", ["student", "instructor"])
def test_a_folded_solution_is_the_instructors(tmp_path, edition):
    source = "<details><summary>Solution</summary>\n\nfortytwo\n\n</details>\n\nafter"
    pdf = printed(tmp_path, text("# T"), text(source), edition=edition, kinds=["html"])
    assert ("fortytwo" in html_of(pdf)) == (edition == "instructor")
    assert "after" in html_of(pdf)


def test_what_one_cell_leaves_open_ends_with_it():
    first, second = read(["```\nnever closed", "# Title\n\n[a][b]\n\n[b]: https://example.org"])
    assert plain(first) == "never closed\n"
    assert [block["t"] for block in second] == ["Header", "Para"]
