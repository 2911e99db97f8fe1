"""What is kept of the explorers: that it is theirs, whole, and no more than that."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from lesson_pages import MASTERS, code_cells
from offline_page import lesson

from samplers import Distribution, log_softmax
from samplers.lab import explore
from samplers.lab.publish.offline.stored import alt_of, is_explorer, logits_in, stored


def shown_by(master: Path) -> list[tuple[str, str]]:
    """(cell, alternative text) of each explorer in a master's outputs."""
    return [
        (cell["id"], alt_of(output))
        for cell in code_cells(master)
        for output in filter(is_explorer, cell["outputs"])
    ]


def in_numpy(explorer: dict, files: dict[str, bytes]) -> str:
    """The words of the picture, computed from what is stored."""
    logits = logits_in(explorer["logits"], files[explorer["logits"]]).astype(float)
    names = files[explorer["names"]].decode().split("\n")
    logprobs = log_softmax(logits)
    top = int(np.argmax(logits))
    dist = Distribution(tuple(names), logprobs, logsumexp=float(logits[top] - logprobs[top]))
    settings = {name: value for name, value in explorer["settings"].items() if name != "seed"}
    alt = explore(dist, top=explorer["top"], **settings).alt
    # to Distribution the names are tokens: their bytes in ⟨ ⟩ have blanks
    return re.sub("⟨[^⟩]*⟩", lambda found: found[0].replace("␣", " "), alt)


@pytest.mark.parametrize("master", MASTERS, ids=lambda path: path.stem)
def test_the_stored_explorers_are_those_of_the_stored_lesson(master):
    explorers, files = stored(master)
    assert [(explorer["cell"], explorer["alt"]) for explorer in explorers] == shown_by(master)
    for explorer in explorers:
        assert explorer["alt"].endswith(in_numpy(explorer, files))


def test_the_lessons_have_five_explorers_on_the_models_whole_vocabulary():
    explorers = [explorer for master in MASTERS for explorer in stored(master)[0]]
    assert len(explorers) == 5
    folder = MASTERS[0].parent / "distributions"
    assert len({explorer["names"] for explorer in explorers}) == len([*folder.glob("*.txt")]) == 1
    assert all(path.stat().st_size == 4 * 49_152 for path in folder.glob("*.f32"))


def test_equal_distributions_and_names_are_stored_once(tmp_path, five):
    master = lesson(tmp_path / "01.ipynb", explore(five), explore(five, temperature=2))
    lesson(tmp_path / "02.ipynb", explore(five, top_p=0.5))
    folder = tmp_path / "distributions"
    kinds = sorted(path.suffix for path in folder.iterdir())
    assert kinds == [".f64", ".json", ".json", ".txt"]
    explorers, files = stored(master)
    assert [explorer["settings"]["temperature"] for explorer in explorers] == [1, 2]
    [logits] = {explorer["logits"] for explorer in explorers}
    assert logits_in(logits, files[logits]).tolist() == np.asarray(five).tolist()


def test_what_no_lesson_shows_any_more_is_deleted(tmp_path, five, top_five):
    one = lesson(tmp_path / "01.ipynb", explore(five))
    other = lesson(tmp_path / "02.ipynb", explore(top_five))
    lesson(one)
    assert stored(one) == ([], {})
    [explorer], files = stored(other)
    left = {path.name for path in (tmp_path / "distributions").iterdir()}
    assert left == {"02.json", explorer["names"], explorer["logits"]} == {"02.json", *files}


def test_removed_tokens_stay_removed_to_the_bit(tmp_path):
    logits = np.array([-np.inf, 0.5, -np.inf, 2**-149], np.float32)
    dist = Distribution(tuple("abcd"), log_softmax(logits.astype(float)), logsumexp=None)
    [explorer], files = stored(lesson(tmp_path / "01.ipynb", explore(dist)))
    found = logits_in(explorer["logits"], files[explorer["logits"]])
    assert found.tobytes() == np.asarray(dist).astype(found.dtype).tobytes()
    assert np.isneginf(found).tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ([0.0, np.nan, 0, 0, 0], "below [+]inf, one of them finite, got NaN"),
        ([0.0, np.inf, 0, 0, 0], "below [+]inf, one of them finite"),
        ([-np.inf] * 5, "one of them finite"),
        ([0.0] * 6, "4 bytes for each of 5 tokens, got 24 bytes"),
    ],
)
def test_logits_that_cannot_be_shown_are_refused(tmp_path, five, bad, sentence):
    explorer = explore(five)
    explorer.widget.logits = np.array(bad, "<f4").tobytes()
    master = lesson(tmp_path / "01.ipynb", explorer)
    with pytest.raises(ValueError, match=f"{sentence}.*; run: python -m samplers.lab.publish"):
        stored(master)


@pytest.mark.parametrize("kind", [".txt", ".f64"])
def test_a_file_that_was_changed_or_lost_is_refused(tmp_path, five, kind):
    master = lesson(tmp_path / "01.ipynb", explore(five))
    [path] = (tmp_path / "distributions").glob(f"*{kind}")
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(ValueError, match=f"{path.name} is missing or changed; run: python -m"):
        stored(master)
    path.unlink()
    with pytest.raises(ValueError, match=f"{path.name} is missing or changed; run: python -m"):
        stored(master)


def test_the_list_is_strict_json(tmp_path):
    dist = Distribution(("a", "b"), np.array([-np.inf, 0.0]))
    master = lesson(tmp_path / "01.ipynb", explore(dist))
    text = (tmp_path / "distributions/01.json").read_text("utf-8")
    assert json.loads(text, parse_constant=pytest.fail) == stored(master)[0]


def test_a_live_explorer_without_an_answer_can_count_tokens_that_are_typed(tmp_path, five):
    explorer = explore(five)
    explorer.widget.counts = []  # as a live one counts the answer's tokens
    [kept], _ = stored(lesson(tmp_path / "01.ipynb", explorer))
    assert kept["counts"] is None
