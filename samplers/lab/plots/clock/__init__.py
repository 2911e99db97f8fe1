"""Pictures over time: a streamed answer, and requests that come to a server."""
