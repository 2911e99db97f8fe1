"""GLM's errors: {error: {code, message}}, where the code is a number of its own as text.

The codes are those of Zhipu's table; an unknown model is its 1211 with HTTP status 400 (recorded by
third parties, 2026-04 and 2026-07). For a wrong key third parties also saw the code "401". The
sentences are ours where they follow GLM's.
"""

MODEL = "model_not_found"  # OpenAI's code for it
CODES = {
    MODEL: "1211",
    "invalid_api_key": "1002",
    "missing_required_parameter": "1213",
    "unknown_parameter": "1210",
    "unsupported_parameter": "1210",
    "context_length_exceeded": "1261",
    "insufficient_quota": "1113",
}
OF_STATUS = {
    401: "1001",  # no key came
    403: "1220",
    404: "1222",
    405: "1212",
    429: "1302",
    503: "1312",
}
ILLEGAL = "1214"  # a parameter's value
WRONG_CALL = "1210"


def error_body(status: int, error: dict, request_id: str) -> dict:
    """GLM's body for an error; `error` is the object in OpenAI's body."""
    code = CODES.get(error["code"]) or CODES.get(error["type"]) or OF_STATUS.get(status)
    message = error["message"]
    if code is None and status >= 500:
        code = "500"
    elif code is None and error["param"] is not None:
        code = ILLEGAL
        message = f"The {error['param']} parameter is illegal. {message}"
    return {"error": {"code": code or WRONG_CALL, "message": message}}
