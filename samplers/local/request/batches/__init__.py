"""What came in on /v1/batches, and the lines of a batch's file, checked."""
