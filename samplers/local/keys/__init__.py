"""One endpoint for a room: a file with a key for each learner, and a limit for each of them."""
