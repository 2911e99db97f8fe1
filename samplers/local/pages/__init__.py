"""Which web pages may use the endpoint."""
