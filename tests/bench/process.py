"""What is timed as a whole: the import, the explorer's redraw; and on which processor."""

import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

import samplers


def import_ratio() -> float:
    """`import samplers` over `import numpy`, each in new processes, in turns."""

    def seconds(module: str) -> float:
        timed = f"t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
        command = [sys.executable, "-c", f"import time; {timed}"]
        process = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(process.stdout)

    turns = [(seconds("samplers"), seconds("numpy")) for _ in range(11)]
    return median(a for a, _ in turns) / median(b for _, b in turns)


def redraw(recorded: np.ndarray) -> float | None:
    """Seconds of the explorer's redraw after a slider moved, with all 49,152 tokens.

    None where samplers.lab cannot load.
    """
    try:
        from samplers.lab import explore
    except ImportError as error:
        print(f"no explorer ({error})", file=sys.stderr)
        return None
    logprobs = samplers.log_softmax(recorded[0].astype(np.float64))
    tokens = tuple(f"t{i}" for i in range(len(logprobs)))
    explorer = explore(samplers.Distribution(tokens, logprobs), top_p=0.95)
    times = []
    for value in np.linspace(0.1, 2, 21):
        start = time.perf_counter()
        explorer.temperature.value = round(float(value), 2)
        times.append(time.perf_counter() - start)
    return median(times)


def processor() -> str:
    """The processor's name, with the vector instructions that numpy found."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    return f"{name} ({'/'.join(extensions)})"
