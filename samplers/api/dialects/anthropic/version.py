"""The values of the header `anthropic-version`."""

# What Anthropic's Python SDK sends since 2.0 (2026-10-21). It takes no sampling parameter.
VERSION = "2026-10-21"
# Takes temperature (0 to 1), top_p and top_k, but for models that refuse them: Opus 4.7, Sonnet 5,
# Opus 5 and later (third-party, agnt5dev/sdk-python v0.13.8, read 2026-11-28).
OLDER_VERSION = "2023-06-01"


def check_version(version: str) -> None:
    """ValueError for a version that this module does not know."""
    if version not in (VERSION, OLDER_VERSION):
        raise ValueError(f"version must be {VERSION} or {OLDER_VERSION}, got {version!r:.80}")
