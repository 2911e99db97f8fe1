"""What goes out: an answer made from one job, whole or streamed."""
