"""OpenAI's Responses: POST /v1/responses and its paths, over the same jobs as Chat.

`request/` makes a ResponseRequest of a body, `state/` finds what it goes on from and keeps what was
answered, `answer/` makes the response of a job: its events, whose last one holds the whole.
"""
