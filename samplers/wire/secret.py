"""What looks like a secret, so that no error shows it when it stands in the wrong place."""

import os
import re

# The beginnings of keys: of OpenAI and many others; of Groq, Hugging Face, xAI, GitHub, Google …
_KEY = re.compile(
    r"(^|://)"  # not inside a path or a model's name: /opt/sk-learn is no key
    r"(sk[-_](?!(?i:sk)\b)[^\s/]{3}"  # nor is the Slovak locale, sk_SK.UTF-8
    r"|(gsk_|hf_|xai-|gh[opsu]_|github_pat_|nvapi-|r8_|pplx-|csk-|fw_|tgp_|AIza|eyJ)"
    r"[A-Za-z0-9_.-]{16})"
)
# Keys without a beginning of their own: letters and digits in no order, or a UUID.
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{20,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# A key may be pasted with more: in quotes, as "Bearer …", as NAME=….
_AROUND = re.compile(r"[\s\"'=]+")
_WITH_PASSWORD = re.compile(r"://[^/\s@]*:[^/\s@]+@")  # an address


def looks_like_a_key(text) -> bool:
    """Whether `text` is a key, or has one in quotes, after "Bearer" or after "NAME="."""
    words = _AROUND.split(text) if isinstance(text, str) else ()
    return any(_KEY.search(w) or _RANDOM.fullmatch(w) or _UUID.fullmatch(w) for w in words)


def shown(value) -> str:
    """`value` as an error shows it: its repr, cut at 200 characters.

    A key, and an address with a password, are not shown.
    """
    if looks_like_a_key(value):
        return "what looks like a key (not shown)"
    if isinstance(value, str) and _WITH_PASSWORD.search(value):
        return "an address with a password (not shown)"
    return f"{value!r:.200}"


_SECRET = re.compile(
    r"(APIKEY|PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(^|_)(KEY|CREDENTIAL|PASS|PAT))"
    r"S?(_ID)?(_?[0-9]+)?$",
    re.IGNORECASE,
)


def is_secret(name: str, value: str) -> bool:
    """Whether an environment variable looks like a secret by its name or by its value.

    A path is none, whatever it looks like.
    """
    if _SECRET.search(name) or _WITH_PASSWORD.search(value):
        return True
    return looks_like_a_key(value) and not os.path.exists(value)
