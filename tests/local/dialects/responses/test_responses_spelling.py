"""How far two names are from each other."""

import itertools

from samplers.local.dialects.responses.request.spelling import edits, unknown_field

LETTERS = "ab"


def neighbours(word: str) -> set[str]:
    """What one edit makes of a word."""
    made = set()
    for i in range(len(word) + 1):
        made |= {word[:i] + letter + word[i:] for letter in LETTERS}
        if i < len(word):
            made.add(word[:i] + word[i + 1 :])
            made |= {word[:i] + letter + word[i + 1 :] for letter in LETTERS}
    return made


def test_edits_are_steps_between_neighbours():
    words = ["".join(each) for n in range(4) for each in itertools.product(LETTERS, repeat=n)]
    for start in words:
        reached = {start}
        distance = {start: 0}
        for steps in range(1, 4):
            reached = {near for word in reached for near in neighbours(word)}
            for word in reached:
                distance.setdefault(word, steps)
        for word in words:
            assert edits(start, word) == distance[word], (start, word)


def test_the_nearest_come_first():
    known = ["tools", "tool", "pool", "stool", "store"]
    assert unknown_field("tol", known, {"tool": 1}).body["error"]["message"] == (
        "Unknown parameter: 'tol'. Did you mean 'pool', 'stool', or 'tools'?"
    )
    assert "Did you mean" not in unknown_field("tol", known, known).body["error"]["message"]
