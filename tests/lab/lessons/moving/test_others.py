"""What lesson 14 says of other engines is what the record of `make abroad` has."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
LESSON = ROOT / "notebooks" / "14_move_house.ipynb"
RECORD = ROOT / "tests" / "data" / "abroad.md"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)


def test_versions_and_runs():
    cells = json.loads(LESSON.read_text("utf-8"))["cells"]
    (text,) = ["".join(cell["source"]) for cell in cells if cell["id"] == "sweep-explain"]
    said = {name: (version, found) for name, version, found in ROW.findall(text)}
    recorded = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| \S+ \| ([^|]+) \|", RECORD.read_text("utf-8"), re.MULTILINE
    )
    assert recorded
    for engine, version, identified in recorded:
        found = {"5 of 5": "in 5 of 5 runs"}.get(identified, "not possible: it shows no logprobs")
        if engine != "engine":
            assert said[engine] == (version, found)
