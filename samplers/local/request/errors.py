"""OpenAI's errors: the exception that carries one, and OpenAI's sentences for a wrong request."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_MESSAGE = 2000  # characters: it may quote a request of megabytes
LONGEST_PARAM = 200


class ApiError(Exception):
    """An error for the client: HTTP `status`, and the four fields of OpenAI's error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind="invalid_request_error",
        param=None,
        code=None,
        headers=None,
    ):
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        message = message[:LONGEST_MESSAGE]
        param = param and param[:LONGEST_PARAM]
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


def bad_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """A 400: something in the request is wrong."""
    return ApiError(400, message, param=param, code=code)


def server_error() -> ApiError:
    """A 500 without details: those go to the log."""
    message = "The server had an error while processing your request."
    return ApiError(500, message, kind="server_error", code="internal_error")


def overloaded(message: str, **headers: str) -> ApiError:
    """A 503: what is asked is right, but too much is asked at the same time."""
    return ApiError(
        503,
        message,
        kind="service_unavailable_error",
        code="server_is_overloaded",
        headers={"Retry-After": "1", **headers},
    )


def wrong_type(name: str, expected: str, value) -> ApiError:
    """A value has another type than the `expected` one, such as "a string"."""
    message = f"expected {expected}, but got {type_name(value)} instead."
    return bad_request(f"Invalid type for '{name}': {message}", name, "invalid_type")


def wrong_body(body) -> ApiError:
    """The whole body is no object."""
    message = f"expected an object, but got {type_name(body)} instead."
    return bad_request(f"Invalid type for the request body: {message}")


def wrong_value(name: str, value, allowed: Iterable[str]) -> ApiError:
    """A value is not one of those `allowed`."""
    message = f"Invalid value: '{value}'. Supported values are: {listed(allowed, 'and')}."
    return bad_request(message, name, "invalid_value")


def missing(name: str) -> ApiError:
    """A required field is missing."""
    return bad_request(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")


def unsupported(name: str, instead: str = "") -> ApiError:
    """OpenAI has this field, but this endpoint does not."""
    message = f"Unsupported parameter: '{name}' is not supported with this model.{instead}"
    return bad_request(message, name, "unsupported_parameter")


def no_such_model(name: str, here: str = "") -> ApiError:
    """OpenAI's 404 for a model; `here` is a sentence on the one that there is."""
    message = f"The model `{name[:200]}` does not exist or you do not have access to it. {here}"
    return ApiError(404, message.rstrip(), code="model_not_found")


def not_offered(what: str, instead: str) -> ApiError:
    """OpenAI has this path, or this way to it, but this endpoint does not."""
    message = f"This endpoint does not offer {what}. {instead}"
    return ApiError(404, message, code="unsupported_endpoint")


def unknown(name: str, known_names: Iterable[str] = ()) -> ApiError:
    """Neither OpenAI nor this endpoint has this field; perhaps one of the known names was meant."""
    close = sorted(get_close_matches(name[:80], known_names, 3, 0.7))
    hint = f" Did you mean {listed(close, 'or')}?" if close else ""
    return bad_request(f"Unknown parameter: '{name[:80]}'.{hint}", name[:80], "unknown_parameter")


def type_name(value) -> str:
    """What OpenAI's messages call the type of a JSON value."""
    names = {
        bool: "a boolean",
        int: "an integer",
        float: "a decimal number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return names.get(type(value), "null")


def listed(items: Iterable[str], last: str) -> str:
    """'a', 'b', and 'c', with `last` for "and"."""
    quoted = [f"'{item}'" for item in items]
    if len(quoted) < 3:
        return f" {last} ".join(quoted)
    return f"{', '.join(quoted[:-1])}, {last} {quoted[-1]}"


def short(value) -> str:
    """A value as text of at most 40 characters."""
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
