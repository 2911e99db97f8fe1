"""`python -m tests.soak.responses`: 200 kills -9 at random moments of conversations, and a report.

Each response that was acknowledged must be there after each kill, whole, with what it had read. The
exit status is 1 if something is not as it must be. It takes some twenty minutes on two cores.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).parents[1] / "helpers"))  # where pytest finds it, too
from killed_responses import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.responses", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()

    begin = time.monotonic()
    with TemporaryDirectory() as folder:
        outcome = run(Path(folder), options.kills, options.seed)
    seconds = time.monotonic() - begin
    acknowledged = sum(outcome.kills)
    print(
        f"seed {options.seed}; {len(outcome.kills)} kills, {acknowledged} acknowledged responses; "
        f"{seconds:.0f} s"
    )
    for problem in outcome.problems:
        print(f"wrong: {problem}")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
