"""Calls that fail and are tried again."""
