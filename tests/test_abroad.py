"""The lessons on another engine: a slice of `make abroad`, and what it judges and recorded.

The whole needs engines that are not installed here and takes an hour; tests/data/abroad.md has its
results.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from bare_llama_cpp import KEY, bare_llama_cpp
from processes import wait_for_end
from scipy import stats

from samplers import Chain, SamplingParams, softmax
from samplers.api import Client
from tests.abroad import found, guard
from tests.abroad.engines import Engine
from tests.abroad.harness_run import agrees, rows
from tests.abroad.lessons import FAILED, Outcome, outcome_of, run_lesson
from tests.abroad.record import DRAWS, raw_logits

ROOT = Path(__file__).parents[1]
LESSON = ROOT / "notebooks" / "00_start_here.ipynb"
code_cell = nbformat.v4.new_code_cell
ERROR = nbformat.v4.new_output("error", ename="KeyError", evalue="'a'\nb", traceback=["KeyError"])
RECORDS = [
    pytest.param(json.loads(path.read_text("utf-8")), id=path.stem)
    for path in sorted(found.DATA.glob("*_draws.json"))
]


def printed(text: str, *cell_tags: str, source: str = "") -> nbformat.NotebookNode:
    """A cell that printed `text`."""
    output = nbformat.v4.new_output("stream", name="stdout", text=text)
    return code_cell(source, outputs=[output], metadata={"tags": list(cell_tags)})


def test_a_cell_ran_or_was_skipped_by_its_lesson_or_failed():
    why = "this endpoint shows 20 tokens"
    assert outcome_of(printed("one\ntwo\n")) == ("ran", "")
    assert outcome_of(printed(f"one\nSkipped here: {why}\n")) == ("skipped", why)
    assert outcome_of(code_cell("1", outputs=[ERROR])) == ("error", "KeyError: 'a' b")
    expected = {"tags": ["raises-exception"]}
    assert outcome_of(code_cell("1", outputs=[ERROR], metadata=expected)) == ("ran", "")


def test_a_solution_that_its_own_check_calls_wrong_is_an_error():
    assert outcome_of(printed("Not yet. Less.\n", "solution")) == ("error", "Not yet. Less.")
    assert outcome_of(printed("Not yet. Less.\n", "exercise")) == ("ran", "")
    assert outcome_of(printed("Correct. Not yet known.\n", "solution")) == ("ran", "")


@pytest.fixture(scope="module")
def bare(shallow_model):
    """llama.cpp's own server with a faster model: no lesson may fail for what an engine says."""
    with bare_llama_cpp(**shallow_model) as base_url, Client(base_url, KEY) as client:
        yield client


def engine_of(client) -> Engine:
    return Engine("llama.cpp", "any", client.base_url, KEY)


def run(path: Path, client, sources: list[str], minutes: float = 2) -> list[tuple[str, str]]:
    """(kind, why) of each of these cells, run in a lesson at `path` against the client's server."""
    cells = [code_cell(source) for source in sources]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), "utf-8")
    outcomes = run_lesson(path, engine_of(client).environment(), minutes)
    return [(outcome.kind, outcome.why) for outcome in outcomes]


def test_an_error_is_seen_and_does_not_stop_a_lesson(bare, tmp_path):
    sources = [
        "from samplers.api import connect",
        "client = connect()",
        "assert client.model == 'another'",
        "print(client.chat('Hello!', max_tokens=1).raw['object'])",
    ]
    failed = ("error", "AssertionError: assert client.model == 'another'")
    outcomes = run(tmp_path / "00_any.ipynb", bare, sources)
    assert outcomes == [("ran", ""), ("ran", ""), failed, ("ran", "")]


def test_a_lesson_that_hangs_is_given_up_and_its_kernel_ended(bare, tmp_path):
    pid = tmp_path / "pid"
    sources = [
        f"import os, pathlib; pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))",
        "while True: pass",
        "1",
    ]
    outcomes = run(tmp_path / "00_any.ipynb", bare, sources, minutes=0.02)
    assert [kind for kind, _ in outcomes] == ["ran", "error", "not reached"]
    assert outcomes[1][1] == "the lesson took more than 0.02 minutes"
    wait_for_end(int(pid.read_text()))


@pytest.mark.skipif(os.name == "nt", reason="a process is not asked to end there")
def test_a_run_that_is_told_to_end_does_and_its_kernel_too(tmp_path):
    """The cell tells it, so that it is told within a lesson."""
    pid = tmp_path / "pid"
    source = (
        f"import os, pathlib; pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n"
        "os.kill(os.getppid(), 15)\nwhile True: pass"
    )
    lesson = tmp_path / "00_any.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[code_cell(source), code_cell("1")])
    lesson.write_text(nbformat.writes(notebook), "utf-8")
    code = (
        "import os, pathlib, signal, sys; from tests.abroad.lessons import run_lesson; "
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143)); "
        f"print(run_lesson(pathlib.Path({str(lesson)!r}), dict(os.environ), 1))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, timeout=60, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (143, ""), done.stderr
    wait_for_end(int(pid.read_text()))


def test_a_whole_lesson_runs_on_llama_cpps_own_server(bare):
    outcomes = run_lesson(LESSON, engine_of(bare).environment(), minutes=5)
    assert len(outcomes) > 20
    failed = [outcome for outcome in outcomes if outcome.kind in FAILED]
    assert failed == []


@pytest.mark.skipif(os.name == "nt", reason="process groups are of POSIX; so is vLLM")
@pytest.mark.parametrize("how", ["its input closes", "SIGTERM"])
def test_a_server_and_what_it_started_end_with_whoever_started_it(how):
    """The inner one ignores the polite signal, as a server that hangs does."""
    inner = (
        "import os, signal, time; signal.signal(15, signal.SIG_IGN); "
        "print(os.getpid(), flush=True); time.sleep(99)"
    )
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    command = [sys.executable, guard.__file__, sys.executable, "-c", outer]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        pid = int(process.stdout.readline())
        if how == "SIGTERM":
            process.terminate()
        else:
            process.stdin.close()
        wait_for_end(pid)
        process.wait(10)


def test_the_table_is_made_of_the_files():
    assert found.TABLE.read_text("utf-8") == found.table()


def test_the_table_names_each_cell_that_did_not_run(tmp_path, monkeypatch):
    monkeypatch.setattr(found, "DATA", tmp_path)
    found.write("any", {"engine": "Any", "version": "1.2", "identify": "5 of 5"})
    found.write_lesson("any", "02_b", [Outcome("b-0", "error", "what an older run found")])
    failed = Outcome("b-2", "error", "KeyError: 1")
    found.write_lesson("any", "02_b", [Outcome("b-1", "skipped", "no stop here"), failed])
    first = [Outcome("a-1", "ran"), Outcome("a-2", "skipped", "no stop here")]
    found.write_lesson("any", "01b_a", first)

    text = found.table()
    assert "| 5 of 5 | 1 | 2 | 1 |" in text
    assert "- no stop here (01b a-2, 02 b-1)" in text
    assert "- **error** 02 `b-2`: `KeyError: 1`" in text


def test_lm_eval_found_what_score_gives():
    result = json.loads((found.DATA / "lm_eval.json").read_text("utf-8"))
    assert agrees(result)
    assert 0.5 < result["accuracy"] < 1  # a chance's share is .25, the signature of a broken echo
    assert not agrees(result | {"accuracy": 0.25})
    assert not agrees(result | {"bits_per_byte": result["bits_per_byte"] + 0.001})
    assert len(rows("questions.jsonl")) == 50
    assert len(rows("texts.jsonl")) == 5


def predicted(record: dict, setting: dict, engine: str) -> np.ndarray:
    """The probabilities (V,) that an engine's preset makes of a record's own logits."""
    logits = raw_logits(record).astype(float)
    chain = Chain.for_engine(engine)
    counts = chain.counts(record["prompt"], [], len(logits))
    return softmax(chain.apply(logits, SamplingParams(**setting["params"]), counts))


@pytest.mark.parametrize("record", RECORDS)
def test_presets_predict_what_the_engines_recorded(record):
    """The engine's own distribution to 1e-5, and its draws by a test of fit."""
    assert len(record["settings"]) == 3
    for setting in record["settings"]:
        probs = predicted(record, setting, record["engine"].lower())
        own = np.zeros_like(probs)
        own[list(map(int, setting["distribution"]))] = list(setting["distribution"].values())
        assert np.abs(own - probs).sum() / 2 < 1e-5

        drawn = np.zeros(len(probs), int)
        drawn[list(map(int, setting["draws"]))] = list(setting["draws"].values())
        assert drawn.sum() == DRAWS
        assert p_value(drawn, probs) > 1e-4


def p_value(drawn: np.ndarray, probs: np.ndarray) -> float:
    """Of Pearson's chi-square; cells that expect fewer than five draws are one."""
    assert not drawn[probs == 0].any()
    rare = DRAWS * probs < 5
    observed = [*drawn[~rare], drawn[rare].sum()]
    expected = [*probs[~rare], probs[rare].sum()]
    cells = np.array(expected) > 0
    return stats.chisquare(
        np.array(observed)[cells], DRAWS * np.array(expected)[cells] / sum(expected)
    ).pvalue


@pytest.mark.parametrize("record", RECORDS)
def test_the_recorded_settings_tell_the_engines_apart(record):
    """By the order, or by what a penalty counts (at T = 1 transformers' and llama.cpp's agree)."""
    engine = record["engine"].lower()
    others = {"llama.cpp", "vllm", "sglang"} - {engine}
    for setting in record["settings"]:
        own = predicted(record, setting, engine)
        differences = [own - predicted(record, setting, other) for other in others]
        assert max(np.abs(difference).sum() / 2 for difference in differences) > 0.02
