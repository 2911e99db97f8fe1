"""`python -m samplers.local.keys FILE COUNT`: writes a file of random keys for `--keys FILE`."""

import argparse
import os
import secrets
import sys
from collections.abc import Iterator

HEAD = """# A line for each learner, with a name and a key. Names can be changed before the class.
# Files, batches and responses belong to a name: another class needs other names.
# While the endpoint runs: remove a line, and its key is refused within a second or two.
"""
MOST = 10_000


def main(given: list[str] | None = None) -> int:
    """The command. Returns 1, with one line on stderr, if the file cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m samplers.local.keys", description=__doc__)
    parser.add_argument("file", help="the file to write; it must not be there yet")
    parser.add_argument("count", type=int, help=f"how many keys, in [1, {MOST}]")
    options = parser.parse_args(given)
    if not 1 <= options.count <= MOST:
        parser.error(f"count must be in [1, {MOST}], got {options.count}")

    try:
        # nobody else on this machine may read it, and no key that learners have is overwritten
        descriptor = os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(HEAD + "".join(_lines(options.count)))
    except OSError as error:
        print(f"{options.file}: {error.strerror}. Choose another file.", file=sys.stderr)
        return 1
    return 0


def _lines(count: int) -> Iterator[str]:
    name = f"learner-{secrets.token_hex(2)}"  # not that of another class
    for number in range(1, count + 1):
        yield f"{name}-{number:02} {secrets.token_hex(16)}\n"


if __name__ == "__main__":
    sys.exit(main())
