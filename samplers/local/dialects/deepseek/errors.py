"""DeepSeek's errors: OpenAI's envelope, where `param` is null and `code` repeats the type.

As third parties recorded them: 400 with "Model Not Exist" (2025-09, 2026-03), 401 (2025-12), 400
for a body that is not what its types expect (2025-11, 2026-09; until 2025-03 that was a 422, which
DeepSeek's page of error codes still lists).
"""

INVALID = "invalid_request_error"
WRONG_TYPE = "Failed to deserialize the JSON body into the target type: "
OF_TYPES = ("invalid_type", "missing_required_parameter")  # OpenAI's codes
AUTHENTICATION = "Authentication Fails. "


def error_body(status: int, error: dict, request_id: str) -> dict:
    """DeepSeek's body for an error; `error` is the object in OpenAI's body."""
    message = error["message"]
    kind = error["type"]
    code = INVALID if kind == INVALID else error["code"]
    if status == 401:
        message = AUTHENTICATION + message
        kind = "authentication_error"
    elif error["code"] in OF_TYPES:
        message = WRONG_TYPE + message
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
