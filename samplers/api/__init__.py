"""The client's side of an LLM API.

`client = connect()` has chat, stream, parse, moderate, models, tokenize, next_token, distributions,
score and abilities; respond and respond_stream ask by OpenAI's Responses, and response gets one
that the endpoint keeps (also delete_response, cancel_response). Around it: `accumulate` joins a
stream of either, `tool` and `run_tools` call functions, `strict_schema` and `why_not_strict`
prepare Structured Outputs, `fit` cuts a conversation,
`gather` asks many requests at a time, and a `Limiter` keeps them under an endpoint's limits;
`submit_batch`, `follow_batch` and `batch_results` leave them to the endpoint for a day, at half the
price (also `list_batches`, `cancel_batch`, `batch_cost`, and `upload_file`, `list_files`,
`file_content`, `delete_file`);
`cost`, `count_tokens`, `image_tokens` and `choose` say what calls cost, before and after, and `usd`
prints it; `image_part` puts an image into a message; `check_input` and `check_output` filter with
any test of a text, `safety_identifier` hides an id; `transcribe` turns speech into text;
`as_taken` puts a request that you send yourself into the form that its model takes, and `DIALECTS`
put it into other providers' forms.
"""

from samplers.api.abilities import Abilities
from samplers.api.audio.transcribe import SpokenWord, Transcript, transcribe
from samplers.api.batches.batch import Batch, cancel_batch, list_batches
from samplers.api.batches.bill import batch_cost
from samplers.api.batches.files import (
    StoredFile,
    delete_file,
    file_content,
    list_files,
    upload_file,
)
from samplers.api.batches.follow import follow_batch
from samplers.api.batches.read_results import batch_results
from samplers.api.batches.results import BatchResults, UnansweredError
from samplers.api.batches.submit import submit_batch
from samplers.api.client import Client
from samplers.api.connect import connect, start_bare, start_local
from samplers.api.errors import (
    APIError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionFailed,
    ContextLengthError,
    EndpointError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    QuotaError,
    RateLimitError,
    RequestTimeoutError,
    SlowDownError,
    UnprocessableEntityError,
)
from samplers.api.forms.as_taken import as_taken
from samplers.api.gathering.gather import Gathered, gather
from samplers.api.history import Fitted, fit
from samplers.api.images import image_part
from samplers.api.limits.limiter import Limiter
from samplers.api.pricing.budget import Budget, BudgetExceeded, usd
from samplers.api.pricing.choose import Candidate, Ranking, Task, choose
from samplers.api.pricing.count_tokens import TokenCount, count_tokens
from samplers.api.pricing.prices import cost, price_list
from samplers.api.responses.event import ResponseEvent
from samplers.api.responses.items import FunctionCallItem, Item, MessageItem, ReasoningItem
from samplers.api.responses.reader import read_response_events
from samplers.api.responses.response import Response
from samplers.api.results import Choice, Completion, TokenLogprob, Tokens, ToolCall, Usage
from samplers.api.retries.attempt import Attempt
from samplers.api.retries.jitter import full_jitter
from samplers.api.safety.filters import Blocked, check_input, check_output
from samplers.api.safety.identifier import safety_identifier
from samplers.api.safety.moderation import Moderation
from samplers.api.score import Score
from samplers.api.stream.accumulate import Accumulated, accumulate
from samplers.api.stream.chunk import Chunk, ToolCallDelta
from samplers.api.stream.events import Arrival, Event, read_events
from samplers.api.stream.reader import StreamBroken, read_chunks
from samplers.api.structured.answer import (
    Invalid,
    Parsed,
    Refusal,
    Truncated,
    read_answer,
    response_format,
)
from samplers.api.structured.partial import partial_json
from samplers.api.structured.schema import strict_schema
from samplers.api.structured.strict import Reason, why_not_strict
from samplers.api.tools.tool import Tool, ToolError, tool
from samplers.api.tools.tool_loop import Round, ToolResult, ToolRun, run_tools
from samplers.wire.images import ImageTokens, image_tokens
from samplers.wire.models import model_table
from samplers.wire.tokens import readable

__all__ = [
    "DIALECTS",
    "APIError",
    "APITimeoutError",
    "Abilities",
    "Accumulated",
    "Arrival",
    "Attempt",
    "AuthenticationError",
    "BadRequestError",
    "Batch",
    "BatchResults",
    "Blocked",
    "Budget",
    "BudgetExceeded",
    "Candidate",
    "Choice",
    "Chunk",
    "Client",
    "Completion",
    "ConflictError",
    "ConnectionFailed",
    "ContextLengthError",
    "EndpointError",
    "Event",
    "Fitted",
    "FunctionCallItem",
    "Gathered",
    "ImageTokens",
    "InternalServerError",
    "Invalid",
    "Item",
    "Limiter",
    "MessageItem",
    "Moderation",
    "NotFoundError",
    "Parsed",
    "PermissionDeniedError",
    "QuotaError",
    "Ranking",
    "RateLimitError",
    "Reason",
    "ReasoningItem",
    "Refusal",
    "RequestTimeoutError",
    "Response",
    "ResponseEvent",
    "Round",
    "Score",
    "SlowDownError",
    "SpokenWord",
    "StoredFile",
    "StreamBroken",
    "Task",
    "TokenCount",
    "TokenLogprob",
    "Tokens",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "ToolError",
    "ToolResult",
    "ToolRun",
    "Transcript",
    "Truncated",
    "UnansweredError",
    "UnprocessableEntityError",
    "Usage",
    "accumulate",
    "as_taken",
    "batch_cost",
    "batch_results",
    "cancel_batch",
    "check_input",
    "check_output",
    "choose",
    "connect",
    "cost",
    "count_tokens",
    "delete_file",
    "file_content",
    "fit",
    "follow_batch",
    "full_jitter",
    "gather",
    "image_part",
    "image_tokens",
    "list_batches",
    "list_files",
    "model_table",
    "partial_json",
    "price_list",
    "read_answer",
    "read_chunks",
    "read_events",
    "read_response_events",
    "readable",
    "response_format",
    "run_tools",
    "safety_identifier",
    "start_bare",
    "start_local",
    "strict_schema",
    "submit_batch",
    "tool",
    "transcribe",
    "upload_file",
    "usd",
    "why_not_strict",
]


def __getattr__(name: str):
    """DIALECTS, imported when it is first asked for: few programs need it, and it takes 50 ms."""
    if name == "DIALECTS":
        from samplers.api.dialects import DIALECTS

        return DIALECTS
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
