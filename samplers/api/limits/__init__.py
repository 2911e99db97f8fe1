"""How many requests and tokens a client sends a minute, so that no endpoint has to refuse it."""
