"""The client's side of an LLM API: `client = connect()`, then chat, stream, models, tokenize, next_token."""

from samplers.api.accumulate import Accumulated, accumulate
from samplers.api.budget import Budget
from samplers.api.chunk import Chunk, ToolCallDelta
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
from samplers.api.events import Arrival, Event, read_events
from samplers.api.results import Choice, Completion, TokenLogprob, Tokens, ToolCall, Usage
from samplers.api.stream import read_chunks
from samplers.api.text import readable

__all__ = [
    "APIError",
    "Accumulated",
    "Arrival",
    "AuthenticationError",
    "Budget",
    "BudgetExceeded",
    "Choice",
    "Chunk",
    "Client",
    "Completion",
    "ConnectionFailed",
    "EndpointError",
    "Event",
    "RateLimitError",
    "StreamBroken",
    "TokenLogprob",
    "Tokens",
    "ToolCall",
    "ToolCallDelta",
    "Usage",
    "accumulate",
    "connect",
    "read_chunks",
    "read_events",
    "readable",
    "start_local",
]
