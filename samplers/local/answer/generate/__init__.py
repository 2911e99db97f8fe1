"""A job's choices as they are generated: the engine's tokens, and their text in deltas."""
