"""Forgets what an endpoint kept long enough."""

import time
from contextlib import suppress

from samplers.local.store import files, responses
from samplers.local.store.database import Database, StoreError


async def forget_expired(database: Database) -> None:
    """Removes what expired while no endpoint ran, if there is a database; never fails."""
    if database.exists():
        with suppress(StoreError):  # it is in the log, and whoever uses the store is told
            await database.write(files.remove_expired, time.time())
            await database.write(responses.remove_old, time.time())
