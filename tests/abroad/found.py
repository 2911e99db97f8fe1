"""What `make abroad` found on the engines: a JSON file for each, and the table made of them."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

from samplers.api import Client, EndpointError
from samplers.compare import identify

from .engines import Engine
from .lessons import FAILED, Outcome

DATA = Path(__file__).parents[1] / "data" / "abroad"
TABLE = DATA.with_suffix(".md")
RUNS = 5  # of identify
# The order, the logprobs and the counts that each engine's source has, see samplers/engines.py.
KNOWN = {
    "llama.cpp": ("temperature last", "raw", "prompt and output"),
    "vLLM": ("temperature first", "raw", "output"),
}
NO_LOGPROBS = "impossible, no logprobs"
HEAD = """# The kit on other engines

Made by `make abroad`, on the same weights as the local endpoint's. `identify`: in how many runs it
named the order of the stages, the meaning of the logprobs and the tokens that penalties count, as
the engine's source has them.

| engine | version | date | `identify` | cells run | skipped by the lesson | in error |
|---|---|---|---|---|---|---|
"""


def identified(engine: Engine, runs: int = RUNS) -> str:
    """How often `identify` found what is KNOWN of the engine: "5 of 5"."""
    key, model = engine.key or None, engine.model or None
    right = 0
    with Client(engine.base_url, key, model) as client:
        for _ in range(runs):
            try:
                best = identify(client, progress=False).best
            except EndpointError as error:
                if "no top_logprobs" in str(error):
                    return NO_LOGPROBS
                raise
            right += (best.order, best.logprobs, best.counts) == KNOWN[engine.name]
    return f"{right} of {runs}"


def number_of(lesson: str) -> str:
    """The number with which a lesson's name begins: "11b" of "11b_send_many_requests"."""
    return lesson.partition("_")[0]


def write(name: str, content: dict) -> Path:
    """Adds `content` and today's date to the file `name`.json; returns its path."""
    DATA.mkdir(exist_ok=True)
    path = DATA / f"{name}.json"
    old = json.loads(path.read_text("utf-8")) if path.exists() else {}
    new = old | {"date": date.today().isoformat()} | content
    text = json.dumps(new, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8", newline="\n")
    return path


def write_lesson(name: str, lesson: str, outcomes: list[Outcome]) -> None:
    """Puts a lesson's outcomes in the place of its older ones in the file `name`.json.

    They are how many cells ran, and each that did not: [cell, kind, why].
    """
    path = DATA / f"{name}.json"
    lessons = json.loads(path.read_text("utf-8")).get("lessons", {})
    others = [outcome for outcome in outcomes if outcome.kind != "ran"]
    lessons[lesson] = {
        "date": date.today().isoformat(),
        "ran": len(outcomes) - len(others),
        "did not run": [[outcome.cell, outcome.kind, outcome.why] for outcome in others],
    }
    write(name, {"lessons": dict(sorted(lessons.items()))})


def write_table() -> None:
    """Makes the table anew from the files."""
    TABLE.write_text(table(), "utf-8", newline="\n")


def table() -> str:
    """The table of all engines whose files are there, and below it each cell that did not run."""
    files = [json.loads(path.read_text("utf-8")) for path in sorted(DATA.glob("*.json"))]
    engines = [file for file in files if "lessons" in file]
    rows = "".join(map(_row, engines))
    return HEAD + rows + "".join(map(_details, engines)) + _harness()


def _harness() -> str:
    """What lm-eval found, if it was run."""
    path = DATA / "lm_eval.json"
    if not path.exists():
        return ""
    result = json.loads(path.read_text("utf-8"))
    score = result["score"]
    return (
        f"\n## lm-eval\n\nlm-eval {result['version']} on the local endpoint, {result['date']}: "
        f"{result['accuracy']:.0%} of 50 questions right, {result['bits_per_byte']:.4f} bits per "
        f"byte of 5 texts. `client.score` gives {score['accuracy']:.0%} and "
        f"{score['bits_per_byte']:.4f}.\n"
    )


def _row(file: dict) -> str:
    """Its date is that of the lesson that was run longest ago."""
    lessons = file["lessons"].values()
    kinds = Counter(kind for lesson in lessons for _, kind, _ in lesson["did not run"])
    failed = sum(kinds[kind] for kind in FAILED)
    oldest = min(lesson["date"] for lesson in lessons)
    ran = sum(lesson["ran"] for lesson in lessons)
    cells = [file["engine"], file["version"], oldest, file.get("identify", "not asked")]
    return f"| {' | '.join(cells)} | {ran} | {kinds['skipped']} | {failed} |\n"


def _details(file: dict) -> str:
    """Which cells were skipped and why, by the reason; then which ended in an error."""
    lines = []
    skipped = {}
    for name, lesson in file["lessons"].items():
        for cell, kind, why in lesson["did not run"]:
            if kind == "skipped":
                skipped.setdefault(why, []).append(f"{number_of(name)} {cell}")
            else:
                lines.append(f"- **{kind}** {number_of(name)} `{cell}`: `{why.replace('`', ' ')}`")
    reasons = [f"- {why} ({', '.join(cells)})" for why, cells in skipped.items()]
    body = "\n".join([*reasons, *lines]) or "- every cell ran"
    return f"\n## {file['engine']}\n\n{body}\n"
