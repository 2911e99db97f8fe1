"""The flags of `python -m samplers.local` that say how many answers it gives at once."""

import argparse

from samplers.local.engine.slots import MOST_SLOTS, SLOTS
from samplers.local.room.memory import BESIDES, gigabytes, memory, slot_bytes


def add_to(parser: argparse.ArgumentParser) -> None:
    """Adds them to the endpoint's others."""
    group = parser.add_argument_group(
        "how many at once",
        f"Each slot takes {gigabytes(slot_bytes())} of memory, and the rest {gigabytes(BESIDES)}. "
        "There are three slots more, which only short answers use. More than is free is refused. "
        "The line that says that the endpoint is ready has `slots`. However many there are, a seed "
        "repeats its answer.",
    )
    group.add_argument(
        "--slots",
        metavar="N",
        type=int,
        help=f"how many answers of any length are generated at once, {SLOTS} if not given, which "
        f"serves one learner best and takes {gigabytes(memory(SLOTS))}; the others wait",
    )
    group.add_argument(
        "--class",
        metavar="LEARNERS",
        dest="class_",
        type=int,
        help=f"a slot for each learner: 30 learners take {gigabytes(memory(30))}. Open it to them "
        "with --listen and --keys",
    )


def slots(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """The slots that the flags name. A wrong one ends the program with a message.

    A class has one for each learner, and never fewer than a single learner has.
    """
    given = {"--slots": options.slots, "--class": options.class_}
    for name, count in given.items():
        if count is not None and not 1 <= count <= MOST_SLOTS:
            parser.error(f"{name} must be in [1, {MOST_SLOTS}], got {count}")
    return options.slots or max(SLOTS, options.class_ or 0)
