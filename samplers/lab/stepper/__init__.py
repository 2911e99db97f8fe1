"""The stepper: a tree of continuations, one token at a time."""
