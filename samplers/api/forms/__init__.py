"""The form in which a model takes a request: what is renamed, left out, added or refused."""
