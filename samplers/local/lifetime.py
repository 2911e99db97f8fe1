"""How long a process serves: until standard input closes, its parent ends, or it is told to end."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from typing import TextIO

END_SECONDS = 2  # after which the process ends, whatever still runs


def add_to(parser: argparse.ArgumentParser) -> None:
    """The option that names the parent."""
    parser.add_argument(
        "--parent",
        type=int,
        help="the process with which the endpoint ends; its own parent if not given",
    )


def own_stdout() -> TextIO:
    """Standard output, for our one line alone.

    Descriptor 1 then leads to stderr, as the C++ engine may write to it.
    """
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return kept


def ending() -> threading.Event:
    """It is set when standard input closes, or a signal says that the process is to end."""
    end = threading.Event()
    threading.Thread(target=_watch_stdin, args=(end,), daemon=True).start()

    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):  # Windows alone has SIGBREAK
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: end.set())
    return end


async def ended(end: threading.Event) -> None:
    """Returns when `end` is set. A thread waits for it: looking for it again and again costs."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell() -> None:
        end.wait()
        loop.call_soon_threadsafe(told.set)

    threading.Thread(target=tell, daemon=True).start()
    await told.wait()


def end_with_parent(parent: int | None, end: threading.Event) -> None:
    """Sets `end` when the parent has ended, too. `parent`: None is our own."""
    if os.name != "nt":  # there a parent's id says nothing: the venv's python is a launcher
        threading.Thread(target=_watch_parent, args=(parent, end), daemon=True).start()


def _watch_stdin(end: threading.Event) -> None:
    """Ends the endpoint when stdin closes, which also happens when the parent is killed."""
    with contextlib.suppress(OSError):  # there is no standard input at all
        while os.read(0, 4096):
            pass
    end.set()
    end_soon()


def _watch_parent(parent: int | None, end: threading.Event) -> None:
    """Ends the endpoint when its parent ends, even if a fork of the parent holds our stdin open.

    `parent`: whom connect() names, perhaps not our own parent but a launcher's. None: our own,
    unless nohup or setsid took us away from the shell that started us.
    """
    own = os.getppid()
    if parent is None:
        detached = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN or os.getsid(0) == os.getpid()
        if detached:
            return
        parent = own

    while os.getppid() == own and _runs(parent):
        time.sleep(0.5)
    end.set()
    end_soon()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, as another user
        return True
    return True


def end_soon() -> None:
    """Ends the process in END_SECONDS, whatever still runs: a fetch, a start, a long prompt."""
    timer = threading.Timer(END_SECONDS, leave, (0,))
    timer.daemon = True
    timer.start()


def leave(code: int) -> None:
    """Ends the process at once: at a normal exit, the engine's threads could keep it alive."""
    socket_folder = sys.modules.get("samplers.local.engine.socket_folder")
    if socket_folder is not None:  # else there is no socket
        socket_folder.remove()
    sys.stderr.flush()
    os._exit(code)
