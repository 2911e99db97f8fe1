"""Exercises of lesson 01, From logits to a distribution."""

from samplers.lab.exercises import Exercise

EXERCISES: dict[str, Exercise] = {}
