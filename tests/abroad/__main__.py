"""`python -m tests.abroad`: the lessons, `identify` and a record of draws on other engines.

llama.cpp's own server is always there. vLLM and transformers are asked where ABROAD_VLLM and
ABROAD_TRANSFORMERS name the python of an environment that has them. lm-eval asks the local endpoint
where ABROAD_LM_EVAL names one that has `lm-eval[api]` and transformers; it needs no torch. What was
found goes into tests/data/abroad/ and tests/data/abroad.md. The exit status is 1 if a cell ended in
an error, `identify` was wrong or lm-eval found something else than `client.score`.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from tqdm import tqdm

from . import found
from .engines import (
    VARIABLES,
    Engine,
    hugging_face_folder,
    llama_cpp,
    python_of,
    transformers_serve,
    vllm,
)
from .harness_run import agrees, compare
from .lessons import FAILED, count_of_cells, run_lesson
from .record import record_llama_cpp, record_transformers, record_vllm

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PARTS = ("lessons", "identify", "record")
ALL_LOGITS = ("--max-logprobs", "-1", "--logprobs-mode", "processed_logits")


def run_lessons(engine: Engine, name: str, paths: list[Path], minutes: float) -> bool:
    """Runs the lessons, and writes each one's outcomes when it has ended. Did every cell do well?

    Each lesson's seconds are printed, and the cells that failed.
    """
    all_well = True
    with tqdm(total=count_of_cells(paths), unit="cell", desc=engine.name) as bar:
        for path in paths:
            bar.set_postfix_str(found.number_of(path.stem))
            begin = time.monotonic()
            outcomes = run_lesson(path, engine.environment(), minutes, bar.update)
            found.write_lesson(name, path.stem, outcomes)
            found.write_table()

            bar.write(f"{path.stem}: {time.monotonic() - begin:.0f} s")
            for outcome in outcomes:
                if outcome.kind in FAILED:
                    all_well = False
                    bar.write(f"  {outcome.cell}: {outcome.why}")
    return all_well


def visit(engine: Engine, name: str, paths: list[Path], options) -> None:
    """The lessons and `identify` on a running engine, and its file."""
    found.write(name, {"engine": engine.name, "version": engine.version})
    if "lessons" in options.part:
        options.failed |= not run_lessons(engine, name, paths, options.minutes)
    if "identify" in options.part:
        found.write(name, {"identify": identified(engine, options)})


def identified(engine: Engine, options) -> str:
    """What the table says of `identify`."""
    result = found.identified(engine)
    print(f"{engine.name}: identify {result}")
    right, _, runs = result.partition(" of ")
    options.failed |= right != runs and result != found.NO_LOGPROBS
    return result


def visit_llama_cpp(paths: list[Path], options) -> None:
    with llama_cpp() as engine:
        visit(engine, "llama_cpp", paths, options)
        if "record" in options.part:
            found.write("llama_cpp_draws", record_llama_cpp(engine))


def visit_vllm(paths: list[Path], options) -> None:
    """One server as anybody starts it, and one that shows all logits after its sampling."""
    if set(options.part) & {"lessons", "identify"}:
        with vllm() as engine:
            visit(engine, "vllm", paths, options)
    if "record" in options.part:
        with vllm(*ALL_LOGITS) as engine:
            found.write("vllm_draws", record_vllm(engine))


def visit_transformers(paths: list[Path], options) -> None:
    with transformers_serve() as engine:
        visit(engine, "transformers_serve", paths, options)
    if "record" in options.part:
        python = python_of("transformers serve")
        folder = hugging_face_folder(python)
        record = record_transformers(python, folder, engine.version)
        found.write("transformers_draws", record)


def visit_lm_eval(paths: list[Path], options) -> None:
    """No lesson: a small task of its own on the local endpoint."""
    result = compare(python_of("lm-eval"))
    found.write("lm_eval", result)
    print(f"lm-eval: {result}")
    options.failed |= not agrees(result)


ENGINES = {
    "llama.cpp": visit_llama_cpp,
    "vLLM": visit_vllm,
    "transformers serve": visit_transformers,
    "lm-eval": visit_lm_eval,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.abroad", description=__doc__)
    parser.add_argument("--engine", action="append", choices=ENGINES, help="this engine alone")
    parser.add_argument(
        "--lesson", action="append", help="this lesson alone, such as 05; the others' rows stay"
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="this part alone")
    parser.add_argument("--minutes", type=float, default=30, help="the most for one lesson")
    options = parser.parse_args()
    options.part = options.part or (["lessons"] if options.lesson else list(PARTS))
    options.failed = False

    # so that the kernel and the server are ended by the blocks that started them
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    paths = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
    if options.lesson:
        paths = [path for path in paths if found.number_of(path.stem) in options.lesson]
    for name in options.engine or ENGINES:
        if name in VARIABLES and python_of(name) is None:
            print(f"{name}: skipped, {VARIABLES[name]} names no python of an environment with it")
        else:
            ENGINES[name](paths, options)

    found.write_table()
    return int(options.failed)


if __name__ == "__main__":
    sys.exit(main())
