"""`python -m tests.soak.many`: 10,000 requests through gather at 30 % faults, and a report.

Each must be answered once or reported failed, and the endpoint must refuse none for a limit. The
exit status is 1 if something is not as it must be. It takes some ten minutes on two cores.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.helpers.faulty_gather import problems, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.many", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    options = parser.parse_args()

    begin = time.monotonic()
    with TemporaryDirectory() as folder:
        done = run(options.requests, Path(folder) / "answers.jsonl")
    found = problems(done)
    print(f"{done}; {time.monotonic() - begin:.0f} s")
    print(f"faults: {done.told['counts']}")
    for problem in found:
        print(f"wrong: {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
