"""Makes the exact way ready while the endpoint already answers."""

import asyncio
import logging
from pathlib import Path

from samplers.local.engine.logits.context import Context
from samplers.local.engine.logits.library import Unavailable, engine_library
from samplers.local.engine.logits.reader import Logits
from samplers.local.engine.logits.trial import tried

log = logging.getLogger("samplers.local")


async def make_ready(logits: Logits, path: Path, folder: Path, vocabulary_size: int) -> None:
    """Gives `logits` a context of the model at `path`, or the reason why there is none.

    `folder` is where the result of a trial is kept. Without one it is tried first, which takes half
    a minute. Needs an engine that runs: its library is the one that is used.
    """
    try:
        context = await asyncio.to_thread(_context, path, folder)
    except Unavailable as why:
        logits.why = str(why)
    except Exception as error:
        log.exception("no exact logits")
        logits.why = f"the exact way fails ({type(error).__name__})"
    else:
        if context.vocabulary_size == vocabulary_size:
            logits.use(context)
        else:
            context.close()
            logits.why = "llama.cpp's C interface has another vocabulary than the model's file"
    if logits.why:
        log.info("no exact logits: %s", logits.why)


def _context(path: Path, folder: Path) -> Context:
    library = engine_library()
    why = tried(folder, path)
    if why:
        raise Unavailable(why)
    return Context(library, path)
