"""DeepSeek's errors: OpenAI's envelope."""


def error_body(status: int, error: dict, request_id: str) -> dict:
    """DeepSeek's body for an error; `error` is the object in OpenAI's body."""
    return {"error": error}
