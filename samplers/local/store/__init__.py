"""What outlives a request, in SQLite: files with their bytes."""
