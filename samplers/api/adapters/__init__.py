"""How each engine is asked for what OpenAI's API does not have: tokens, and whole distributions."""
