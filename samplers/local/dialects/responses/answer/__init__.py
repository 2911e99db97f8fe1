"""The answer of POST /v1/responses: events, and the response that they add up to."""
