"""Pictures and sound: what a model lays over a picture, what it heard, a session's events."""
