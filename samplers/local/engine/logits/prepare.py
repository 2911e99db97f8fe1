"""`python -m samplers.local.engine.logits.prepare`: tries the exact way once, ahead of time.

An endpoint that starts without a trial's result makes the trial beside its work, and until it has
passed, whole distributions come slowly.
"""

import sys

from samplers.local.engine import weights
from samplers.local.engine.logits.library import Unavailable, engine_library
from samplers.local.engine.logits.trial import has_passed, tried


def main() -> int:
    """Tries it, unless that was done. Returns 1, with one line on stderr, without weights."""
    try:
        path = weights.ensure()
    except weights.WeightsError as error:
        print(error, file=sys.stderr)
        return 1

    folder = weights.cache_folder()
    if has_passed(folder, path):
        return 0
    print("Comparing the engine's exact logits with its server's, once ...", file=sys.stderr)
    try:
        engine_library()
        why = tried(folder, path)
    except Unavailable as error:
        why = str(error)
    if why:
        print(f"Whole distributions will come slowly, through JSON: {why}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
