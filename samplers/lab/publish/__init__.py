"""From the lessons as they are written to the files that are stored."""
