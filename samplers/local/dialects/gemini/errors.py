"""Google's errors: {error: {code, message, status}}, and which status a wrong key has.

A wrong key in x-goog-api-key is a 400 at Google, with the reason API_KEY_INVALID
(google-gemini/gemini-cli#25198, 2026-04-12; cequence-io/openai-scala-client#109, 2026-03-05), a
wrong Bearer token a 401 (an issue of 2025-08-21 with its body), and no key at all a 403
(PublicAffairs/openai-gemini#92, 2026-05-10; anomalyco/opencode#42783, 2026-08-15). All of these are
third-party reports with Google's own sentences, and the endpoint answers as they say.
"""

from collections.abc import Mapping

from samplers.local.door import INCORRECT, NO_KEY
from samplers.local.request.body import NOT_JSON
from samplers.local.request.errors import ApiError, bad_request

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
INVALID_KEY = "invalid_api_key"  # the code of OpenAI's 401 for a key that is wrong
# Google's sentence in the place of the door's, by the status that a 401 of the door has here.
OF_THE_KEY = {
    400: "API key not valid. Please pass a valid API key.",
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
    "cookie or other valid authentication credential.",
    403: "Method doesn't allow unregistered callers (callers without established identity). Please "
    "use API Key or other form of API consumer identity to call this API. This endpoint reads it "
    "from the header x-goog-api-key.",
}
# Google's sentence (gemini-cli#27197, 2026-05-18), but for the counts, which ours after it names.
TOO_LONG = "The input token count exceeds the maximum number of tokens allowed."
REASON = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "API_KEY_INVALID",
    "domain": "googleapis.com",
}


def status(usual: int, error: dict, headers: Mapping[str, str]) -> int:
    """Google's status for an error that is a `usual` at OpenAI; `headers` are the request's."""
    if usual != 401:
        return usual
    if error["code"] != INVALID_KEY:
        return 403
    return 401 if "authorization" in headers else 400


def error_body(status: int, error: dict, request_id: str) -> dict:
    """Google's body for an error of this status; `error` is the object in OpenAI's body."""
    other = "INVALID_ARGUMENT" if status < 500 else "INTERNAL"
    body = {
        "code": status,
        "message": error["message"],
        "status": STATUSES.get(status, other),
    }
    for sentence in (INCORRECT, NO_KEY):
        if status in OF_THE_KEY and body["message"].startswith(sentence):
            body["message"] = OF_THE_KEY[status] + body["message"].removeprefix(sentence)
    if body["message"] == NOT_JSON:
        body["message"] = "Invalid JSON payload received. Unexpected token."
    if error["code"] == "context_length_exceeded":
        body["message"] = f"{TOO_LONG} {body['message']}"
    if error["code"] == INVALID_KEY and status == 400:
        body["details"] = [REASON]
    return {"error": body}


def invalid(place: str, text: str) -> ApiError:
    """A 400 for a field whose value is of the right type, but wrong: in Google's form of it.

    `place` is such as "generation_config.top_p".
    """
    return bad_request(f"* GenerateContentRequest.{place}: {text}\n", place)


def not_found(name: str, version: str, method: str) -> ApiError:
    """The 404 for a model or a method that is not here; `version` is such as v1beta."""
    message = (
        f"{name[:200]} is not found for API version {version}, or is not supported for "
        f"{method[:80]}. Call ListModels to see the list of available models and their supported "
        "methods."
    )
    return ApiError(404, message, code="model_not_found")
