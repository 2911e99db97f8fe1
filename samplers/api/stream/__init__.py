"""A streamed answer: its bytes, its events, its chunks, and the chunks joined."""
