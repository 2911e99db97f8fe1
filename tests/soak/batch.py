"""`python -m tests.soak.batch`: 50 kills -9 during 500 lines of two batches, and a report.

Each line must be answered once, and what was answered before a kill must be there after it. The
exit status is 1 if something is not as it must be. It takes some ten minutes on two cores.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).parents[1] / "helpers"))  # where pytest finds it, too
from killed_batches import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.batch", description=__doc__)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()

    begin = time.monotonic()
    with TemporaryDirectory() as folder:
        outcome = run(Path(folder), options.lines, options.kills, options.seed)
    seconds = time.monotonic() - begin
    print(
        f"seed {options.seed}; {options.lines} lines, {len(outcome.kills)} kills; {seconds:.0f} s"
    )
    print(f"lines that were answered before each kill: {outcome.kills}")
    for problem in outcome.problems:
        print(f"wrong: {problem}")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
