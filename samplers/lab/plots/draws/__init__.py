"""Pictures of what was drawn."""
