"""An unknown field of a request, and which known one was perhaps meant.

As OpenAI's Responses API answered on 2026-08-30 (gpt-5.6-terra, third-party): a known name at most
two edits away is suggested unless the request has it already; the nearest first, then by name.
"""

from collections.abc import Iterable

from samplers.local.request.errors import ApiError, bad_request, listed

MOST_EDITS = 2
LONGEST = 80  # characters of an unknown name that an error repeats


def unknown_field(name: str, known: Iterable[str], given: Iterable[str]) -> ApiError:
    """The error for a field that is none of the `known` ones. `given`: all the request has."""
    near = [
        (edits(name, each), each)
        for each in known
        if each not in given and abs(len(each) - len(name)) <= MOST_EDITS
    ]
    close = [each for number, each in sorted(near) if number <= MOST_EDITS]
    hint = f" Did you mean {listed(close, 'or')}?" if close else ""
    short = name[:LONGEST]
    return bad_request(f"Unknown parameter: '{short}'.{hint}", short, "unknown_parameter")


def edits(one: str, other: str) -> int:
    """The least number of letters to insert, leave out or change (Levenshtein, 1965)."""
    row = list(range(len(other) + 1))  # edits from the letters of `one` so far to each beginning
    for i, letter in enumerate(one, start=1):
        above = row
        row = [i]
        for j, target in enumerate(other, start=1):
            changed = above[j - 1] + (letter != target)
            row.append(min(changed, above[j] + 1, row[-1] + 1))
    return row[-1]
