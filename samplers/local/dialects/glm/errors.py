"""GLM's errors: {error: {code, message}}, where the code is a number of its own as text."""


def error_body(status: int, error: dict, request_id: str) -> dict:
    """GLM's body for an error; `error` is the object in OpenAI's body."""
    return {"error": {"code": str(status), "message": error["message"]}}
