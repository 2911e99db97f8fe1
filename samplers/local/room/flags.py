"""The flags of `python -m samplers.local` that say how many answers it gives at once."""

import argparse

from samplers.local.engine.slots import MOST_SLOTS, SLOTS
from samplers.local.room.room import BESIDES, Room, for_class, gigabytes, memory, slot_bytes


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
        help="sets what a class needs: a slot for each learner, and of each key at most "
        f"{SLOTS} answers at once; the others wait. 30 learners take {gigabytes(memory(30))}",
    )


def room(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Room:
    """What the flags name. A wrong one ends the program with a message, as the parser's do."""
    if options.slots is not None and not 1 <= options.slots <= MOST_SLOTS:
        parser.error(f"--slots must be in [1, {MOST_SLOTS}], got {options.slots}")
    try:
        if options.class_ is not None:
            return for_class(options.class_, options.slots)
    except ValueError as error:
        parser.error(str(error))
    return Room() if options.slots is None else Room(options.slots)
