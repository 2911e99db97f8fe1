"""What came in: a request checked field by field, and the job that is made of it."""
