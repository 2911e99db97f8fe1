"""Google's errors: {error: {code, message, status}}."""

# The name of a status, as google.rpc.Code has it.
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def error_body(status: int, error: dict, request_id: str) -> dict:
    """Google's body for an error of this status; `error` is the object in OpenAI's body."""
    other = "INVALID_ARGUMENT" if status < 500 else "INTERNAL"
    name = STATUSES.get(status, other)
    return {"error": {"code": status, "message": error["message"], "status": name}}
