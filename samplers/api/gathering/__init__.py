"""Many requests at a time, and the file that keeps their answers."""
