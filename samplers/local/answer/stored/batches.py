"""The answers of /v1/batches, its errors, and the lines of the files that a batch makes.

The codes batch_cancelled and batch_expired of lines that were not executed are OpenAI's, the other
ones are ours. The sentences are reconstructed.
"""

import json
import secrets

from samplers.local.answer.json_text import dumps
from samplers.local.request.errors import ApiError, bad_request
from samplers.local.store.batch_lines import LONGEST_ANSWER, MOST_OUTPUT, Answered
from samplers.local.store.batches import MOST_UNFINISHED, Batch
from samplers.local.store.files import StoredFile

# OpenAI's API file has no null for these: one that is not known yet, or never will be, is absent.
OPTIONAL = (
    "model",
    "output_file_id",
    "error_file_id",
    "in_progress_at",
    "finalizing_at",
    "completed_at",
    "failed_at",
    "expired_at",
    "cancelling_at",
    "cancelled_at",
)
NOT_EXECUTED = {
    "cancelled": ("batch_cancelled", "The batch was cancelled before this request was executed."),
    "expired": (
        "batch_expired",
        "This request could not be executed before the completion window expired.",
    ),
    "given_up": (
        "request_given_up",
        "The endpoint crashed each time that it worked on this request, which is not tried again.",
    ),
    "full": (
        "output_too_large",
        f"The answers of this batch have more than {MOST_OUTPUT} bytes. This request was not "
        "executed: send it in another batch.",
    ),
}


def batch_object(batch: Batch) -> dict:
    """OpenAI's batch."""
    body = {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.endpoint,
        "input_file_id": batch.input_file_id,
        "completion_window": batch.completion_window,
        "status": batch.status,
        "created_at": batch.created_at,
        "expires_at": batch.expires_at,
        "request_counts": {
            "total": batch.total,
            "completed": batch.completed,
            "failed": batch.failed,
        },
        "usage": _usage(batch),
        "metadata": None if batch.metadata is None else json.loads(batch.metadata),
    }
    if batch.errors is not None:
        body["errors"] = {"object": "list", "data": json.loads(batch.errors)}
    values = {name: getattr(batch, name) for name in OPTIONAL}
    return body | {name: value for name, value in values.items() if value is not None}


def answered(custom_id: str, status: int, body: dict) -> Answered:
    """The line of a request that was executed; one that was refused belongs to the errors."""
    response = {"status_code": status, "request_id": f"req_{secrets.token_hex(16)}", "body": body}
    content = _line(custom_id, response, None)
    if len(content) > LONGEST_ANSWER:
        message = f"The answer has more than {LONGEST_ANSWER} bytes. Ask for fewer logprobs, or n."
        return answered(custom_id, 400, bad_request(message, None, "answer_too_large").body)
    usage = body.get("usage")
    if status != 200 or usage is None:
        return Answered(content, status != 200)
    responses = ("input", "output")
    read, written = responses if "input_tokens" in usage else ("prompt", "completion")
    return Answered(
        content,
        False,
        usage[f"{read}_tokens"],
        usage[f"{read}_tokens_details"]["cached_tokens"],
        usage[f"{written}_tokens"],
        usage[f"{written}_tokens_details"]["reasoning_tokens"],
    )


def not_executed(custom_id: str, reason: str) -> bytes:
    """The error line of a request that was not executed; `reason` is one of NOT_EXECUTED."""
    code, message = NOT_EXECUTED[reason]
    return _line(custom_id, None, {"code": code, "message": message})


def no_such_batch(batch_id: str) -> ApiError:
    return ApiError(404, f"No batch found with id '{batch_id[:200]}'.", param="id")


def wrong_input(file_id: str, file: StoredFile | None) -> ApiError:
    if file is None:
        return bad_request(f"No such File object: {file_id[:200]}", "input_file_id")
    message = f"The input file's purpose must be 'batch', but it is '{file.purpose}'."
    return bad_request(message, "input_file_id", "invalid_value")


def too_many() -> ApiError:
    message = (
        f"This endpoint keeps at most {MOST_UNFINISHED} unfinished batches of a key. Please wait "
        "until some have ended, or cancel some."
    )
    return bad_request(message, None, "batch_limit_exceeded")


def not_cancellable(batch: Batch) -> ApiError:
    message = f"Cannot cancel a batch with status '{batch.status}'."
    return ApiError(409, message, headers={"x-should-retry": "false"})


def _usage(batch: Batch) -> dict:
    return {
        "input_tokens": batch.input_tokens,
        "input_tokens_details": {"cached_tokens": batch.cached_tokens},
        "output_tokens": batch.output_tokens,
        "output_tokens_details": {"reasoning_tokens": batch.reasoning_tokens},
        "total_tokens": batch.input_tokens + batch.output_tokens,
    }


def _line(custom_id: str, response: dict | None, error: dict | None) -> bytes:
    line = {
        "id": f"batch_req_{secrets.token_hex(16)}",
        "custom_id": custom_id,
        "response": response,
        "error": error,
    }
    return f"{dumps(line)}\n".encode()
