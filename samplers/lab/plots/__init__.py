"""Pictures with alternative text, one kind a module."""
