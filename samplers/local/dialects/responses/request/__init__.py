"""From the body of POST /v1/responses to the request that a job is made of."""
