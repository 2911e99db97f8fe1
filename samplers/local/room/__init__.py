"""How many answers are generated at once, what that takes of the memory, and what each may have."""
