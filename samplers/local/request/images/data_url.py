"""The bytes of an image that came as a data URL (RFC 2397)."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

from samplers.local.request.errors import ApiError, bad_request, short

EXPECTED = (
    "Expected a base64-encoded data URL with an image MIME type "
    "(e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=')"
)
NO_DOWNLOAD = (
    "This endpoint downloads no images: a server that fetches whatever address a prompt names can "
    "be sent to addresses of its own network. Send the image itself, as a data URL: "
    "samplers.api.image_part makes one from a file."
)


def image_bytes(name: str, url: str) -> bytes:
    """The file in a data URL of base64. ApiError (400) for another URL, and for a wrong one.

    The scheme, the type and "base64" ignore case, and parameters may come between them.
    """
    scheme, colon, rest = url.partition(":")
    scheme = scheme.strip().lower()
    if scheme in ("http", "https"):
        raise bad_request(f"Invalid '{name}'. {NO_DOWNLOAD}", name, "invalid_image_url")
    head, comma, data = rest.partition(",")
    if scheme != "data" or not colon or not comma:
        raise _wrong(name, "a value that is none")

    mime, *parameters = [part.strip().lower() for part in head.split(";")]
    if not mime.startswith("image/"):
        raise _wrong(name, f"unsupported MIME type '{short(mime)}'")
    if not parameters or parameters[-1] != "base64":
        raise _wrong(name, "a value without the ';base64' separator")
    content = _decoded(data)
    if content is None:
        raise _wrong(name, "an invalid base64-encoded value")
    if not content:
        raise _wrong(name, "empty base64-encoded bytes")
    return content


def _decoded(data: str) -> bytes | None:
    try:
        return base64.b64decode(unquote_to_bytes(data), validate=True)
    except (binascii.Error, ValueError):
        return None


def _wrong(name: str, what: str) -> ApiError:
    return bad_request(f"Invalid '{name}'. {EXPECTED}, but got {what}.", name, "invalid_value")
