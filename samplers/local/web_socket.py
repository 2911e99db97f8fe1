"""A client's WebSocket: uvicorn's, for a client that reads. Loaded when the first one comes."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from samplers.local.slow_readers import EndsSlowReaders


class WebSocket(EndsSlowReaders, WebSocketsSansIOProtocol):
    """One WebSocket. Its messages are bounded by the server's ws_max_size."""
