"""The client's side of an LLM API: `client = connect()`, then chat, stream, models, tokenize, next_token."""

from samplers.api.budget import Budget
from samplers.api.client import Client
from samplers.api.connect import connect, start_local
from samplers.api.errors import (
    APIError,
    AuthenticationError,
    BudgetExceeded,
    ConnectionFailed,
    EndpointError,
    RateLimitError,
    StreamBroken,
)
from samplers.api.results import Choice, Chunk, Completion, TokenLogprob, Tokens, Usage
from samplers.api.text import readable

__all__ = [
    "APIError",
    "AuthenticationError",
    "Budget",
    "BudgetExceeded",
    "Choice",
    "Chunk",
    "Client",
    "Completion",
    "ConnectionFailed",
    "EndpointError",
    "RateLimitError",
    "StreamBroken",
    "TokenLogprob",
    "Tokens",
    "Usage",
    "connect",
    "readable",
    "start_local",
]
