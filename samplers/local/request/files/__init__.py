"""What came in on /v1/files, checked."""
