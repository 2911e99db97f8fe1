"""Exercises of the lessons on sampling, 00 to 05c."""
