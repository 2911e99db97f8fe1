"""OpenAI's errors: the exception that carries one, and the body that the wire sees."""


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
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


def bad_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """A 400: something in the request is wrong."""
    return ApiError(400, message, param=param, code=code)


def server_error(
    message: str = "The server had an error while processing your request.",
) -> ApiError:
    """A 500 without details: those go to the log."""
    return ApiError(500, message, kind="server_error", code="internal_error")
