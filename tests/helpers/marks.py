"""Marks of whole modules of tests."""

import pytest

# Every warning is an error; but a socket that another test left open is no fault of these.
no_warnings = pytest.mark.filterwarnings("error", "ignore::ResourceWarning")
