"""An endpoint's files, and batches: many requests in one file, answered later at a lower price."""
