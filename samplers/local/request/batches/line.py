"""A line of a batch: what it may not ask for."""

from samplers.local.request.errors import ApiError, bad_request


def not_in_a_batch(name: str) -> ApiError:
    """The error for a field that is true in a line, such as `stream`."""
    message = f"Unsupported value: '{name}' must be false in a batch, whose answers are whole."
    return bad_request(message, name, "unsupported_value")
