"""The header `anthropic-version`, and what a version of the API changes."""

from starlette.datastructures import Headers

from samplers.local.request.errors import bad_request

HEADER = "anthropic-version"
# Since 2026-10-21 there is a version without temperature, top_p and top_k (third-party, 2026-11,
# quoting Anthropic's guide); its SDK 2.x sends no other one.
WITH_SAMPLING = "2023-06-01"
TODAY = "2026-10-21"
VERSIONS = (WITH_SAMPLING, TODAY)


def version_of(headers: Headers) -> str:
    """The version that a request names. ApiError (400) if it names none, or one that is not."""
    named = headers.getlist(HEADER)
    if not named:
        raise bad_request(f"{HEADER}: header is required", HEADER)
    version = ", ".join(named)  # sent twice, it is none
    if version not in VERSIONS:
        raise bad_request(f'{HEADER}: "{version[:80]}" is not a valid version', HEADER)
    return version
