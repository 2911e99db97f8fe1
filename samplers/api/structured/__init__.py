"""Structured Outputs: a type as a strict schema, and the answer as an object of that type."""
