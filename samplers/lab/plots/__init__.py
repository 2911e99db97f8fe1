"""Pictures with alternative text, one kind per module."""
