"""A client that reads nothing would keep its answer in memory, and its slot, for ever."""

UNREAD_SECONDS = 30  # in which a client reads nothing of an answer that it asked for


class EndsSlowReaders:
    """For one of asyncio's protocols: ends the connection of a client that does not read."""

    _waiting = None  # the timer that ends the connection

    def pause_writing(self) -> None:
        """asyncio calls this when the client reads more slowly than we write."""
        super().pause_writing()
        self._wait_for_the_reader()

    def resume_writing(self) -> None:
        """asyncio calls this when the client has caught up."""
        super().resume_writing()
        self._stop_waiting()

    def connection_lost(self, exc) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_the_reader(self) -> None:
        before = self.transport.get_write_buffer_size()

        def look_again() -> None:
            if self.transport.get_write_buffer_size() < before:
                self._wait_for_the_reader()
            else:
                self.transport.abort()

        self._waiting = self.loop.call_later(UNREAD_SECONDS, look_again)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
