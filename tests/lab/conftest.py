"""Distributions to draw, the document's five tokens and a large one, and a browser to draw in."""

import numpy as np
import pytest
from chromium import chromium

from samplers import Distribution

# spaces, half characters, an emoji, Arabic, what mathtext would take for a formula, line ends
AWKWARD = (
    b" the",
    b"\n\n",
    b"\xe4\xbd",
    "🙂".encode(),
    "م".encode(),
    b"a$b$c",
    b"",
    b"\xff",
    b"\r\n",
)


@pytest.fixture(scope="session")
def five():
    """The document's example."""
    return Distribution.from_probs({"好": 0.6, "很": 0.2, "不错": 0.1, "超级": 0.05, "极": 0.05})


@pytest.fixture(scope="session")
def large():
    """49,152 tokens in a random order, Zipf-like; the most probable ones are hard to draw."""
    V = 49_152
    rank = np.random.default_rng(0).permutation(V) + 1
    logits = -1.2 * np.log(rank)
    raw = [f" t{i}".encode() for i in range(V)]
    best = np.argsort(rank)
    for i, token in zip(best, AWKWARD, strict=False):
        raw[i] = token

    logprobs = logits - np.log(np.exp(logits).sum())
    return Distribution(
        tuple(b.decode("utf-8", "replace") for b in raw),
        logprobs,
        bytes=tuple(raw),
        vocabulary_size=V,
    )


@pytest.fixture(scope="session")
def top_five(large):
    """What an API lists: the five most probable of `large`, the rest unseen."""
    best = np.argsort(-large.logprobs)[:5]
    return Distribution(
        tuple(large.tokens[i] for i in best),
        large.logprobs[best],
        bytes=tuple(large.bytes[i] for i in best),
        unseen=1 - large.probs[best].sum(),
        vocabulary_size=len(large),
    )


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def free_pages():
    """{a page's options as text: pages that no test uses now}: a new page takes a second."""
    return {}


@pytest.fixture(scope="module")
def page_errors():
    """The errors in pages since the last test. One that failed at once would break the browser."""
    return []


@pytest.fixture
def open_page(browser, free_pages, page_errors, tmp_path):
    """open_page(html, script=""): a page from a file, in which `script` runs first.

    An error in the page fails the test.
    """
    used = []

    def opened(html: str, script: str = "", **options):
        path = tmp_path / f"page{len(used)}.html"
        head = '<meta charset="utf-8">'
        assert head in html
        path.write_text(html.replace(head, f"{head}<script>{script}</script>", 1), "utf-8")
        free = free_pages.setdefault(str(options), [])
        page = free.pop() if free else new_page(browser, options, page_errors)
        used.append((free, page))
        page.goto(path.as_uri())
        return page

    yield opened
    for free, page in used:
        page.goto("about:blank")
        page.mouse.move(0, 0)
        free.append(page)
    found = [str(error) for error in page_errors]
    page_errors.clear()
    assert found == []


def new_page(browser, options: dict, errors: list):
    page = browser.new_page(**options)
    page.on("pageerror", lambda error: errors.append(error))
    return page
