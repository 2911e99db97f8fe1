"""A connection that the server closes without a word."""


async def hang_up(scope, receive) -> None:
    """Closes a request's connection, after what has been sent, and waits until it is closed."""
    scope["state"]["hang_up"]()
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_request(receive) -> None:
    """Reads a request to its end: a client that is still sending could see another error."""
    while (await receive()).get("more_body"):
        pass


def is_stream(start) -> bool:
    """Whether an ASGI message starts an answer of server-sent events."""
    content_type = dict(start["headers"]).get(b"content-type", b"")
    return content_type.startswith(b"text/event-stream")
