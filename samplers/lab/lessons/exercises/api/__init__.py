"""Exercises of the lessons on the API, from 06 on."""
