"""Settings for tests that send anything to a whole endpoint."""

from hypothesis import Phase, settings

SOME = settings(
    max_examples=60,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # to make a failing request smaller would take hundreds more
)
