"""The samplers' mathematics in the browser against numpy's, and hand values from bug reports."""

from dataclasses import asdict

import numpy as np
import pytest
from chromium import chromium, decoded, encoded, module_page, needs_chromium

from samplers import Chain, SamplingParams, softmax
from samplers.engines import ENGINES

pytestmark = needs_chromium
V = 49_152
CODE = """
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
function textOf(probs) {
  const bytes = new Uint8Array(probs.buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(text);
}
const rows = new Map();
Object.assign(window, {
  readLogits,
  keep(name, text, n) { rows.set(name, readLogits(bytesOf(text), n)); },
  probs(name, params, counts, engine) {
    return textOf(softmax(applyChain(rows.get(name), params, counts, engine)));
  },
  all(calls) { return calls.map(([logits, settings]) => (keep(...logits), probs(...settings))); },
});
"""
OFF = {
    "temperature": 1.0,
    "top_p": 1.0,
    "top_k": 0,
    "min_p": 0.0,
    "frequency_penalty": 0.0,
    "presence_penalty": 0.0,
    "repetition_penalty": 1.0,
}


@pytest.fixture(scope="module")
def page():
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(module_page(CODE))
        page.wait_for_function("() => Boolean(window.probs)")
        yield page


def keep(page, name: str, logits) -> np.ndarray:
    """Send logits to the page as float32 under a name; returns what numpy makes of the same."""
    page.evaluate("(sent) => keep(...sent)", as_sent(name, logits))
    return np.asarray(logits, np.float32).astype(np.float64)


def as_sent(name: str, logits) -> list:
    """The arguments of the page's `keep`."""
    return [name, encoded(logits), len(logits)]


def in_browser(page, name, params: dict, counts: dict, bias: dict, engine: str) -> np.ndarray:
    sent = asked(name, params, counts, bias, engine)
    return decoded(page.evaluate("(sent) => probs(...sent)", sent))


def asked(name: str, params: dict, counts: dict, bias: dict, engine: str) -> list:
    """The arguments of the page's `probs`."""
    told = params | {"logit_bias": list(bias.items())}
    return [name, told, list(counts.items()), asdict(ENGINES[engine])]


def in_numpy(logits, params: dict, counts: dict, bias: dict, engine: str) -> np.ndarray:
    every = np.zeros(len(logits), int)
    every[list(counts)] = list(counts.values())
    given = SamplingParams(**params, logit_bias=bias)
    return softmax(Chain.for_engine(engine).apply(logits, given, every))


def random_settings(rng, size: int) -> tuple[dict, dict, dict, str]:
    """Parameters, counts, biases and an engine; each parameter is off in one case of three."""
    draws = {
        "temperature": rng.choice([0.0, 0.005, 0.2, 0.7, 1.3, 2.0, rng.uniform(0, 2)]),
        "top_p": rng.choice([0.0, 1e-8, 0.5, 0.9, 0.9999999, rng.uniform()]),
        "top_k": int(rng.choice([1, 2, 40, size, rng.integers(1, 2 * size)])),
        "min_p": rng.choice([0.02, 0.5, 1.0, rng.uniform()]),
        "frequency_penalty": rng.uniform(-2, 2),
        "presence_penalty": rng.uniform(-2, 2),
        "repetition_penalty": rng.uniform(0.5, 2),
    }
    on = {name: value for name, value in draws.items() if rng.random() < 2 / 3}
    engine = str(rng.choice(list(ENGINES)))
    if engine == "transformers":
        on.pop("frequency_penalty", None)
        on.pop("presence_penalty", None)
    plain = {name: value.item() if hasattr(value, "item") else value for name, value in on.items()}
    few = rng.choice(size, min(size, 5), replace=False).tolist()
    counts = {i: int(rng.integers(1, 9)) for i in few[:3]}
    bias = {i: float(rng.uniform(-9, 9)) for i in few[2:]} if rng.random() < 0.5 else {}
    return OFF | plain, counts, bias, engine


def random_logits(rng, size: int) -> np.ndarray:
    """A model's spread; in one row of three many ties, in one of four removed tokens."""
    logits = rng.normal(0, rng.choice([0.1, 2, 8]), size)
    if rng.random() < 1 / 3:
        logits = logits.round(1)
    if rng.random() < 1 / 4 and size > 1:
        logits[1:][rng.random(size - 1) < 0.3] = -np.inf
    return logits


def check(shown: np.ndarray, logits: np.ndarray, settings: tuple) -> None:
    """Is what the browser shows what numpy says?"""
    expected = in_numpy(logits, *settings)
    np.testing.assert_allclose(shown, expected, atol=1e-6, rtol=0, err_msg=str(settings))
    assert np.array_equal(shown > 0, expected > 0), settings


@pytest.mark.parametrize("seed", range(9))
def test_100_random_settings_equal_numpy(page, seed):
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(100):
        size = int(rng.choice([1, 2, 5, 64, 2000, rng.integers(1, 2001)]))
        logits = random_logits(rng, size).astype(np.float32)
        cases.append((logits, random_settings(rng, size)))

    calls = [[as_sent("small", logits), asked("small", *of_it)] for logits, of_it in cases]
    shown = page.evaluate("(calls) => all(calls)", calls)
    for text, (logits, settings) in zip(shown, cases, strict=True):
        check(decoded(text), logits.astype(np.float64), settings)


def test_100_random_settings_equal_numpy_on_a_whole_vocabulary(page):
    rng = np.random.default_rng(9)
    for name in "abcde":
        logits = keep(page, name, random_logits(rng, V))
        for _ in range(20):
            settings = random_settings(rng, V)
            check(in_browser(page, name, *settings), logits, settings)


def probs(page, logits, engine: str = "openai", **params) -> np.ndarray:
    keep(page, "case", logits)
    return in_browser(page, "case", OFF | params, {}, {}, engine)


def kept(found: np.ndarray) -> list[int]:
    return np.flatnonzero(found).tolist()


@pytest.mark.parametrize(
    ("p", "top_p", "expected"),
    [
        ([0.4, 0.3, 0.2, 0.1], 0.8, [0, 1, 2]),
        ([0.9, 0.06, 0.04], 0.5, [0]),
        ([0.3, 0.1, 0.1, 0.5], 1.0, [0, 1, 2, 3]),
        ([0.3, 0.1, 0.1, 0.5], 0.0, [3]),
    ],
)
def test_the_token_that_crosses_the_line_stays(page, p, top_p, expected):
    assert kept(probs(page, np.log(p), top_p=top_p)) == expected


def test_where_the_mass_is_p_but_for_rounding_numpy_decides(page):
    logits = keep(page, "border", np.log([0.3, 0.1, 0.1, 0.5]))
    settings = OFF | {"top_p": 0.8}, {}, {}, "openai"
    assert kept(in_browser(page, "border", *settings)) == kept(in_numpy(logits, *settings))


def test_sums_are_float64(page):
    found = probs(page, np.zeros(V), top_p=0.9999)
    assert kept(found) == list(range(49_148))
    assert found[0] == pytest.approx(1 / 49_148, rel=1e-12)
    logits = np.random.default_rng(1).normal(size=V)
    assert kept(probs(page, logits, top_p=1e-8)) == [int(np.argmax(logits))]


def test_top_p_acts_on_what_top_k_left(page):
    found = probs(page, np.log([0.3, 0.25, 0.2, 0.15, 0.1]), top_k=1, top_p=0.8)
    assert found.tolist() == [1, 0, 0, 0, 0]
    found = probs(page, [0.1, 0.2, 0.15, 0.4, 0.3, 0.001, 0.01], top_p=0.3)
    np.testing.assert_allclose(found, [0, 0, 0, 0.525, 0.475, 0, 0], atol=5e-4)


def test_the_engine_decides_whether_temperature_comes_first(page):
    late = probs(page, [3, 2, 1], "llama.cpp", temperature=0.5, top_p=0.8)
    np.testing.assert_allclose(late, [0.881, 0.119, 0], atol=5e-4)
    assert kept(probs(page, [3, 2, 1], "openai", temperature=0.5, top_p=0.8)) == [0]

    hot = {"temperature": 2.0, "min_p": 0.3}
    assert kept(probs(page, [5, 4, 3, 0], "llama.cpp", **hot)) == [0, 1]
    assert kept(probs(page, [5, 4, 3, 0], "openai", **hot)) == [0, 1, 2]
    assert kept(probs(page, [-3, 2, 1], min_p=0.2)) == [1, 2]


def test_large_and_removed_logits(page):
    np.testing.assert_allclose(probs(page, [1000, 999, -1000]), [0.7311, 0.2689, 0], atol=5e-5)
    found = probs(page, [-np.inf, 1, 2], temperature=0.5)
    np.testing.assert_allclose(found, [0, 0.1192, 0.8808], atol=5e-5)
    assert probs(page, [1, 5, 5], temperature=0.0).tolist() == [0, 1, 0]


@pytest.mark.parametrize("k", [1, 33, 50, 200])
def test_the_sum_is_1_for_every_k(page, k):
    found = probs(page, np.random.default_rng(2).normal(size=200), top_k=k)
    assert len(kept(found)) == k
    assert found.sum() == pytest.approx(1, abs=1e-12)


def test_a_vocabulary_of_151936_tokens(page):
    logits = np.random.default_rng(3).normal(size=151_936)
    assert len(kept(probs(page, logits, top_k=40))) == 40


@pytest.mark.parametrize(
    ("logits", "sentence"),
    [
        ([1, np.nan], "logits must be finite or -inf, got NaN or [+]inf"),
        ([1, np.inf], "logits must be finite or -inf, got NaN or [+]inf"),
        ([-np.inf, -np.inf], "every token is removed: nothing is left to draw"),
    ],
)
def test_what_no_picture_can_show_is_said(page, logits, sentence):
    with pytest.raises(Exception, match=sentence):
        keep(page, "bad", logits)


def test_logits_may_begin_anywhere_in_a_buffer_and_must_have_the_right_length(page):
    values = np.array([1.5, -np.inf, 2**-149, -0.1], np.float32)
    code = """([text, n, start, more]) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const whole = new Uint8Array(start + bytes.length + more);
      whole.set(bytes, start);
      const logits = readLogits(new DataView(whole.buffer, start, bytes.length + more), n);
      return Array.from(logits, String);
    }"""
    found = page.evaluate(code, [encoded(values), 4, 2, 0])
    assert [float(text.replace("Infinity", "inf")) for text in found] == values.tolist()
    with pytest.raises(Exception, match="4 or 8 bytes for each of 4 tokens, got 20 bytes"):
        page.evaluate(code, [encoded(values), 4, 0, 4])
