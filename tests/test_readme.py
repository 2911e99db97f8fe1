"""README's picture is what the code in README draws, with the real model."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PICTURE = ROOT / re.search(r"!\[[^]]+\]\((\S+)\)", README)[1]
# a model's last bits differ between processors, and with them a digit, or the edge of a bar
MOST_OTHER = 0.0005  # of all pixels


def other_pixels(a: Path, b: Path) -> float:
    """The share of pixels that differ by an eighth of the range or more; 1 for another size."""
    first, second = (np.asarray(Image.open(path).convert("RGB"), dtype=int) for path in (a, b))
    if first.shape != second.shape:
        return 1.0
    return float((np.abs(first - second).max(axis=-1) >= 32).mean())


def test_the_code_runs_and_makes_the_picture(client, tmp_path, monkeypatch, capsys):
    """`client` is here because connect() gives all of a process the same endpoint."""
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    line, token = capsys.readouterr().out.splitlines()
    assert line.startswith("samplers: local endpoint")
    assert token.strip()
    assert other_pixels(tmp_path / PICTURE.name, PICTURE) <= MOST_OTHER


def test_another_number_would_be_seen(client, tmp_path, monkeypatch):
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    changed = code.replace("temperature(seen, 2)", "temperature(seen, 1.95)")
    assert changed != code
    monkeypatch.chdir(tmp_path)
    exec(compile(changed, "README.md", "exec"), {})
    assert other_pixels(tmp_path / PICTURE.name, PICTURE) > MOST_OTHER
