"""Batches at work: their lines are read, answered beside live requests, and made into files."""
