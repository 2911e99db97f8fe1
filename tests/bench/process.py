"""What is timed as a whole, the import; and on which processor."""

import platform
import subprocess
import sys
from pathlib import Path
from statistics import median

import numpy as np


def import_ratio() -> float:
    """`import samplers` over `import numpy`, each in new processes, in turns."""

    def seconds(module: str) -> float:
        timed = f"t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
        command = [sys.executable, "-c", f"import time; {timed}"]
        process = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(process.stdout)

    turns = [(seconds("samplers"), seconds("numpy")) for _ in range(11)]
    return median(a for a, _ in turns) / median(b for _, b in turns)


def processor() -> str:
    """The processor's name, with the vector instructions that numpy found."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    return f"{name} ({'/'.join(extensions)})"
