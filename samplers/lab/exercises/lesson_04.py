"""Exercises of lesson 04, Penalties."""

from samplers.lab.exercises import Exercise

EXERCISES: dict[str, Exercise] = {}
