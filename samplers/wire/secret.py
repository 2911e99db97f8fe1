"""What looks like a secret, so that no error shows it when it stands in the wrong place."""

import os
import re

# The beginnings of keys: of OpenAI and many others; of Groq, Hugging Face, xAI, GitHub, Google …
_KEY = re.compile(
    r"(^|://)"  # not inside a path or a model's name: /opt/sk-learn is no key
    r"(sk[-_][^\s/]{3}|(gsk_|hf_|xai-|ghp_|nvapi-|r8_|pplx-|csk-|fw_|AIza|eyJ)[A-Za-z0-9_.-]{16})"
)
# Keys without a beginning of their own: letters and digits in no order, or a UUID.
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{20,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def looks_like_a_key(text) -> bool:
    if not isinstance(text, str):
        return False
    text = text.strip()
    return any((_KEY.search(text), _RANDOM.fullmatch(text), _UUID.fullmatch(text)))


def shown(value) -> str:
    """`value` as an error shows it: its repr, cut at 200 characters, unless it looks like a key."""
    if looks_like_a_key(value):
        return "what looks like a key (not shown)"
    return f"{value!r:.200}"


_SECRET = re.compile(
    r"(APIKEY|PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(^|_)(KEY|CREDENTIAL|PAT))S?(_ID)?$",
    re.IGNORECASE,
)
_WITH_PASSWORD = re.compile(r"://[^/\s@]*:[^/\s@]+@")  # an address


def is_secret(name: str, value: str) -> bool:
    """Whether an environment variable looks like a secret by its name or by its value.

    A path is none, whatever it looks like.
    """
    if _SECRET.search(name) or _WITH_PASSWORD.search(value):
        return True
    return looks_like_a_key(value) and not os.path.exists(value)
