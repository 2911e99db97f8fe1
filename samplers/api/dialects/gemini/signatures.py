"""Thought signatures: where OpenAI's form keeps what Gemini wants back.

Gemini signs a part of its answer, and Gemini 3 and later answer 400 if a call of the current turn
comes back without (seen by third parties, 2026-10). OpenAI's form has no place for it; clients of
Google's own OpenAI-compatible endpoint find it in a call's `extra_content` (third parties, 2025),
and so it is here: in the call's, or for text in the message's.

A history of another provider has no signature, and none is made up here.
"""


def signed(part: dict, holder: dict) -> dict:
    """Gemini's part with the signature that a call or a message of OpenAI's form holds."""
    extra = holder.get("extra_content")
    google = extra.get("google") if isinstance(extra, dict) else None
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return part if signature is None else part | {"thoughtSignature": signature}


def keep_signature(part: dict, holder: dict) -> None:
    """Puts the signature of Gemini's part, if it has one, into a call or a message."""
    if part.get("thoughtSignature"):
        google = {"thought_signature": part["thoughtSignature"]}
        holder["extra_content"] = {"google": google}
