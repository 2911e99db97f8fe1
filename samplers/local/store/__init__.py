"""What outlives a request, in SQLite: files with their bytes, batches with their lines."""
