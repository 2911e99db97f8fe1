"""Exercises of lesson 02, Turn the temperature."""

from samplers.lab.exercises import Exercise

EXERCISES: dict[str, Exercise] = {}
