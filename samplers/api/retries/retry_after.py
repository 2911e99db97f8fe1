"""How long an endpoint asks to wait before the next try."""

import re
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

MOST = 1e9  # seconds, 31 years; a number beyond it is read as this
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
# The three forms of HTTP's dates, RFC 9110 section 5.6.7: always UTC.
_DATE = re.compile(
    r"[A-Z][a-z]{2,8}, [0-9]{2}[ -][A-Z][a-z]{2}[ -]([0-9]{2}|[0-9]{4}) [0-9:]{8} GMT"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}"
)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a response's headers ask to wait, or None if they name no such time.

    The header retry-after-ms goes first, as in OpenAI's SDKs, then Retry-After: seconds, or a date
    in one of HTTP's three forms. One that is past, negative or not to be read says nothing, and so
    do two Retry-After in one response.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000

    text = headers.get("retry-after")
    seconds = _number(text)
    return _seconds_until(text) if seconds is None else seconds


def _number(text: str | None) -> float | None:
    if text is None or not _NUMBER.fullmatch(text.strip()):
        return None
    return min(float(text), MOST)


def _seconds_until(date: str | None) -> float | None:
    if date is None or not _DATE.fullmatch(date.strip()):
        return None
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:  # such as the 31st of February
        return None
    seconds = moment.replace(tzinfo=UTC).timestamp() - time.time()
    return seconds if seconds > 0 else None
