"""What works on the batches of all keys: it reads their files, and answers line after line.

It survives a kill -9 at any moment. An answer counts from the transaction on that keeps it, and
whoever starts next on the same database goes on with the lines that have none. A line with which
the process ended MOST_TRIES times is given up.

Of several endpoints with the same database each works on the batches that were made at it, with its
own models and flags. When its process has ended, another one takes them over. One that began with a
model which is not here waits for an endpoint that has it. So do those of an owner whose key was
removed, until there is another key of the same name.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress

from samplers.local.answer.stored.batches import not_executed
from samplers.local.batches import one_line
from samplers.local.engine.model import ServedModel
from samplers.local.moderation.request import MODEL
from samplers.local.request.batches.create import MODERATIONS
from samplers.local.request.batches.input_file import InputFile
from samplers.local.store import batch_lines, batches, claims, files
from samplers.local.store.batch_end import finish
from samplers.local.store.batch_lines import Answered, Line
from samplers.local.store.batches import Batch
from samplers.local.store.database import Database, StoreError

LINES = 2  # that are answered at the same time, of all batches
MOST_TRIES = 3  # of a line with which the process ended each time
POLL = 2.0  # seconds after which it looks for what another endpoint wrote
PAUSE = 10.0  # seconds after a failure of the database

log = logging.getLogger("samplers.local")


class Worker:
    """Works on the batches of the `owners` with `models`, in the background of the event loop.

    `owners()` is asked before each look.

    Live requests come first. Batches take turns, line by line.
    """

    def __init__(
        self,
        models: tuple[ServedModel, ...],
        database: Database,
        owners: Callable[[], Collection[str]],
    ):
        self._models = models
        self._database = database
        self._owners = owners
        self._running: asyncio.Task | None = None
        self._awake = asyncio.Event()
        self._places = asyncio.Semaphore(LINES)  # first come, first served
        self._reading = asyncio.Semaphore(1)
        self._works: dict[str, asyncio.Task] = {}

    def wake(self) -> None:
        """Looks at the batches now: one is new, or was changed. The first call starts the work."""
        self._awake.set()
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Stops all work; what has been answered is kept."""
        tasks = [task for task in (self._running, *self._works.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._awake.clear()
            seconds = await self._look_again()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._awake.wait()

    async def _look_again(self) -> float:
        try:
            return await self._look()
        except StoreError:
            pass  # it is in the log
        except Exception:
            log.exception("batches could not be looked at")
        return POLL

    async def _look(self) -> float:
        """Begins and ends what is to be; returns the seconds until the next look."""
        if not self._database.exists():
            return POLL
        found = await self._database.read(batches.unfinished_of, self._owners())
        found = await self._ours(found)
        for batch_id in self._works.keys() - {batch.id for batch in found}:
            self._works[batch_id].cancel()  # its owner's key was removed

        seconds = POLL
        for batch in found:
            if _is_to_end(batch):
                await self._stop(batch)
            elif batch.id not in self._works and self._has_model(batch):
                self._begin(batch)
            if batch.status == "in_progress" and not _is_late(batch):
                seconds = min(seconds, batch.expires_at - time.time())
        return seconds

    async def _ours(self, found: list[Batch]) -> list[Batch]:
        """Those of this run, and those whose run has ended, if something can be done for them."""
        run_of = await self._database.read(claims.run_of, [batch.id for batch in found])
        ours = []
        taken_over = []
        for batch in found:
            run = run_of.get(batch.id)
            if run == self._database.run:
                ours.append(batch)
            elif await self._take_over(batch, run):
                taken_over.append(batch)
        await self._try_again(taken_over)
        return ours + taken_over

    async def _take_over(self, batch: Batch, run: str | None) -> bool:
        useful = _is_to_end(batch) or self._has_model(batch)
        if not useful or await self._database.goes_on(run):
            return False
        return await self._database.write(claims.take_over, batch.id, run, self._database.run)

    async def _try_again(self, found: list[Batch]) -> None:
        """The lines with which an earlier process ended: first, and each alone.

        So no other line that was under way is taken for the one that ended it again.
        """
        for batch in found:
            if batch.status == "in_progress" and not _is_late(batch):
                for line in await self._database.read(batch_lines.tried_lines, batch.id):
                    await self._answer(batch, line)

    def _has_model(self, batch: Batch) -> bool:
        """Whether its lines can be answered here; else they wait for an endpoint that can."""
        return batch.model in (None, MODEL, *(model.id for model in self._models))

    def _begin(self, batch: Batch) -> None:
        work = asyncio.create_task(self._work(batch))
        self._works[batch.id] = work
        work.add_done_callback(lambda _: self._works.pop(batch.id))

    async def _stop(self, batch: Batch) -> None:
        work = self._works.get(batch.id)
        if work is not None:
            work.cancel()
            await asyncio.wait([work])
        await self._finish(batch)

    async def _work(self, batch: Batch) -> None:
        """Everything from the batch's state to its end."""
        try:
            # it may have ended since it was found
            batch = await self._database.read(batches.get, batch.owner, batch.id)
            if batch.status == "validating":
                async with self._reading:
                    await self._read_input(batch)
                self._awake.set()  # it has a time to end at now
            await self._answer_lines(batch)
            await self._database.write(batches.finalize, batch.id, time.time())
            await self._finish(batch)
        except Exception:
            log.exception("the batch %s failed; it is tried again", batch.id)
            await asyncio.sleep(PAUSE)

    async def _read_input(self, batch: Batch) -> None:
        """Copies the lines of the input file, or lets the batch fail."""
        only = MODEL if batch.endpoint == MODERATIONS else None
        names = [model.id for model in self._models] if only is None else [only]
        file = InputFile(batch.endpoint, names, only)
        await self._database.write(batch_lines.forget_lines, batch.id)  # of a run that was killed

        start = 0
        while start < batch.input_bytes:
            piece = await self._database.read(files.input_piece, batch.input_file_id, start)
            start += len(piece)
            await self._add(batch, await asyncio.to_thread(file.feed, piece))
        await self._add(batch, await asyncio.to_thread(file.finish))

        now = time.time()
        if file.errors:
            await self._database.write(batches.fail, batch.id, file.errors, now)
        else:
            await self._database.write(batches.begin, batch.id, file.total, file.model, now)

    async def _add(self, batch: Batch, lines: list[Line]) -> None:
        if lines:
            await self._database.write(batch_lines.add_lines, batch.id, lines)

    async def _answer_lines(self, batch: Batch) -> None:
        number = 0
        async with asyncio.TaskGroup() as group:
            while True:
                line = await self._next_line(batch, number)
                if line is None:
                    return
                number = line.number
                answering = group.create_task(self._answer(batch, line))
                # even if it never starts, because the batch is stopped just now
                answering.add_done_callback(lambda _: self._places.release())

    async def _next_line(self, batch: Batch, after: int) -> Line | None:
        """The next line without an answer, with a place that is taken for it."""
        line = None
        await self._places.acquire()
        try:
            line = await self._database.read(batch_lines.next_line, batch.id, after)
        finally:
            if line is None:
                self._places.release()
        return line

    async def _answer(self, batch: Batch, line: Line) -> None:
        place = (batch.id, line.number)
        try:
            has_room = await self._database.write(batch_lines.begin_line, *place)
            if line.tries >= MOST_TRIES:
                answered = Answered(not_executed(line.custom_id, "given_up"), True)
            elif not has_room:
                answered = Answered(not_executed(line.custom_id, "full"), True)
            else:
                answered = await one_line.answer(self._models, self._database, batch, line)
            await self._database.write(batch_lines.keep_answer, *place, answered)
        except BaseException:  # it is stopped, or the disk is full: not the line's fault
            # whose task can be stopped once more, because another line fails, too
            await asyncio.shield(self._database.write(batch_lines.forget_try, batch.id, line))
            raise

    async def _finish(self, batch: Batch) -> None:
        arguments = (batch.owner, batch.id, not_executed, time.time())
        await self._database.write(finish, *arguments)


def _is_to_end(batch: Batch) -> bool:
    """Whether it ends although lines have no answer."""
    return batch.status == "cancelling" or (batch.status == "in_progress" and _is_late(batch))


def _is_late(batch: Batch) -> bool:
    return batch.expires_at <= time.time()
