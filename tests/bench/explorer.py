"""The explorer in Chromium: from a key on a slider to the picture, and from a token to the next."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

import samplers

sys.path.append(str(Path(__file__).parents[1] / "helpers"))  # what the tests know of Chromium

MOVES = 200
TOKENS = 20
PROMPT = "The best thing about rainy days is"
# milliseconds from the key event to the second animation frame after it
TIMED = """() => {
  window.times = [];
  addEventListener("keydown", (event) => {
    const start = event.timeStamp;
    const done = () => times.push(performance.now() - start);
    requestAnimationFrame(() => requestAnimationFrame(done));
  }, true);
}"""


def moves(page, count: int = MOVES) -> np.ndarray:
    """Milliseconds of `count` moves of the temperature slider, there and back."""
    slider = page.get_by_role("slider", name="temperature")
    slider.focus()
    page.evaluate(TIMED)
    for i in range(count):
        slider.press("ArrowRight" if i // 20 % 2 == 0 else "ArrowLeft")
        page.wait_for_function("(n) => times.length > n", arg=i)
    return np.array(page.evaluate("times"))


def computing(page) -> float:
    """Milliseconds of the computation and the drawing alone: the median of 50."""
    timed = """() => Array.from({length: 50}, (_, i) => {
      const slider = document.querySelector("input[type=range]");
      slider.value = i % 2 ? 0.5 : 1.5;
      const start = performance.now();
      slider.dispatchEvent(new Event("input", {bubbles: true}));
      return performance.now() - start;
    })"""
    return median(page.evaluate(timed))


def choosing(page) -> tuple[float, float]:
    """Milliseconds, medians: from a token to the next distribution, and from there to the picture.

    What a notebook's connection takes in between is not in it.
    """
    from chromium import encoded

    from samplers.api import connect
    from samplers.lab import explore

    drawn = """async (text) => {
      const logits = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const start = performance.now();
      view.update({ logits });
      const frame = () => new Promise(requestAnimationFrame);
      await frame();
      await frame();
      return performance.now() - start;
    }"""
    model = []
    browser = []
    with connect("local") as client:
        live = explore(client, PROMPT)
        for _ in range(TOKENS):
            start = time.perf_counter()
            live.append(int(live.kept[0]))
            model.append((time.perf_counter() - start) * 1e3)
            browser.append(page.evaluate(drawn, encoded(live.dist.logprobs)))
    return median(model), median(browser)


def report(recorded: np.ndarray) -> Iterator[str]:
    """Lines on the explorer over 49,152 tokens; one that says why where Chromium cannot run."""
    try:
        from chromium import CHROMIUM, chromium, explorer_page

        from samplers.lab import explore
    except ImportError as error:
        yield f"skipped: the explorer in Chromium ({error})"
        return
    if CHROMIUM is None:
        yield "skipped: the explorer in Chromium, which is not installed"
        return

    logprobs = samplers.log_softmax(recorded[0].astype(np.float64))
    tokens = tuple(f"t{i}" for i in range(len(logprobs)))
    explorer = explore(samplers.Distribution(tokens, logprobs), top_p=0.95)
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(explorer_page(explorer))
        page.locator(".rows .row").first.wait_for()
        times = moves(page)
        alone = computing(page)
        chosen = choosing(page)
    p95 = np.percentile(times, 95)
    what = "the explorer, from a key to the second animation frame, 49,152 tokens"
    yield f"{what}: {median(times):.0f} ms, 95th percentile {p95:.0f} ms (goal 33)"
    yield f"of which computing and drawing: {alone:.1f} ms"
    model, drawing = chosen
    what = "the live explorer, from a chosen token to the next picture"
    parts = f"the model's distribution {model:.0f} ms, the picture {drawing:.0f} ms"
    yield f"{what}: {model + drawing:.0f} ms (goal 150; {parts}; without the notebook's own way)"
