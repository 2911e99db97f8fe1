"""Answers about what the store keeps: files and batches."""
