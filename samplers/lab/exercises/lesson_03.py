"""Exercises of lesson 03, Nucleus sampling."""

from samplers.lab.exercises import Exercise

EXERCISES: dict[str, Exercise] = {}
