"""The HTML: nothing from outside, nothing that runs, nothing dead."""

import re

import pytest
from small_handouts import Page, code, html_of, png, printed, shown, stream, text

EVIL = ("</script>", "</scRIPt x", "<!--<script>", "]]>", "\u2028")


def test_what_looks_like_a_script_is_text(tmp_path):
    evil = " ".join(EVIL)
    picture = shown({"image/png": png("red"), "text/plain": "p"}, {"image/png": {"alt": evil}})
    pdf = printed(
        tmp_path,
        text(f"# T\n\n`{evil[:-2]}`"),
        code(f"print({evil!r})", stream(evil), picture),
        text(
            "<script>alert(1)</script><style>p {}</style><iframe src='https://a.example'></iframe>"
        ),
    )
    page = Page(html_of(pdf))
    assert all(part in page.text for part in EVIL[:-1])
    assert page.all("img")[0]["alt"].split() == evil.split()
    assert not page.all("script")
    assert not page.all("iframe")
    assert "alert(1)" not in page.text


def test_nothing_comes_from_another_host(tmp_path):
    source = "# T\n\n![a chart](https://example.org/a.png) and [a link](https://example.org/)"
    page = Page(html_of(printed(tmp_path, text(source), code("1", shown({"text/plain": "1"})))))
    assert {link["href"] for link in page.all("a")} == {
        "https://example.org/a.png",
        "https://example.org/",
    }
    for tag, attributes in page.tags:
        for name in ("src", "srcset", "data", "poster", "xlink:href", "action"):
            assert attributes.get(name, "data:").startswith("data:"), tag
    assert not page.all("link")


def test_links_lead_to_the_other_handouts(tmp_path):
    (tmp_path / "other.md").write_text("## <a id='1'></a>One")
    source = "# T\n\n[a](other.md#1) [b](#cell-id=below) [c](gone.ipynb) [d](../README.md)"
    below = text("here")
    below["id"] = "below"
    page = Page(html_of(printed(tmp_path, text(source), below, kinds=["html"])))
    assert [link["href"] for link in page.all("a")] == ["other.html#1", "#cell-id=below"]
    assert "cell-id=below" in [attributes.get("id") for _, attributes in page.tags]
    assert all(word in page.text for word in "abcd")


@pytest.mark.parametrize("source", ["![a](nothing.png)", "![a](attachment:nothing.png)"])
def test_a_picture_that_is_not_there_is_named(tmp_path, source):
    with pytest.raises(ValueError, match=r"shows .*nothing\.png"):
        printed(tmp_path, text("# T"), text(source))


def test_formulas_are_mathml(tmp_path):
    page = Page(html_of(printed(tmp_path, text("# T\n\n$x^2$"), kinds=["html"])))
    assert page.all("math")
    assert not re.search(r"\$x", page.text)
