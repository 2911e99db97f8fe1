"""`encrypted_content` of reasoning items: a token that holds nothing, signed by this project.

OpenAI's holds the thoughts, so that a client can bring them back which had nothing stored. Here
nothing reads the thoughts of an earlier turn, so a token has none. All that is to be known of one
is whether it was made here, and came back as it was. That needs no secret, as a forged token would
open nothing: the signature's key is a constant. So a token stays good after a restart, and at
another endpoint of this project.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from samplers.local.request.errors import bad_request

SIGNED_BY = b"samplers"
NONCE = 16  # bytes, random, before the signature


def seal() -> str:
    """A new token."""
    return _token(secrets.token_bytes(NONCE))


def is_sealed(token: str) -> bool:
    """Whether `seal` made a token."""
    try:
        data = urlsafe_b64decode(token)
    except ValueError:
        return False
    return token == _token(data[:NONCE])


def check_sealed(token: str) -> None:
    """ApiError (400) for a token that `seal` did not make, as OpenAI answers a foreign one.

    Sources, all third-party: openai/codex issue 8145 (2025-12) has the body; Wei-Shaw/sub2api issue
    2863 (2026-05) and edison7009/EchoBird issue 255 (2026-06) have it with the reason.
    """
    if not is_sealed(token):
        message = (
            f"The encrypted content {token[:4]}...{token[-4:]} could not be verified. Reason: "
            "Encrypted content could not be decrypted or parsed."
        )
        raise bad_request(message, None, "invalid_encrypted_content")


def _token(nonce: bytes) -> str:
    return urlsafe_b64encode(nonce + hmac.digest(SIGNED_BY, nonce, "sha256")).decode()
