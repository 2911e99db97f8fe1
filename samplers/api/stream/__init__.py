"""A streamed answer: its bytes, their events, the events as chunks, and the chunks joined."""
