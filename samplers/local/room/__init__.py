"""How many answers are generated at once, and what that takes of the memory."""
