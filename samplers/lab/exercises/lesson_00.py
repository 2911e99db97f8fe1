"""Exercises of lesson 00, Start here."""

from samplers.lab.exercises import Exercise

EXERCISES: dict[str, Exercise] = {}
