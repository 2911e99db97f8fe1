"""Who asks, told to a provider without saying who it is."""

import hashlib


def safety_identifier(user_id: str) -> str:
    """The SHA-256 of a user's id, 64 hexadecimal digits: for chat's parameter of that name.

    With it OpenAI can act on one user of a program instead of on the whole program. A hash hides an
    id from a reader, but not from one who has a list of ids to try: send no hash of a short number.
    Source: OpenAI's page "Safety best practices".
    """
    if not isinstance(user_id, str) or not user_id:
        kind = "an empty str" if user_id == "" else f"a {type(user_id).__name__}"
        raise ValueError(f"user_id must be a str that is not empty, got {kind}")
    return hashlib.sha256(user_id.encode()).hexdigest()
