"""Our endpoint's vocabulary, fetched once, and rows of logits over it as Distributions."""

import binascii
from itertools import accumulate, pairwise

import numpy as np

from samplers.api.adapters.calls import Calls
from samplers.api.errors import APIError
from samplers.distribution import Distribution
from samplers.wire.tokens import readable

PATH = "/samplers/vocabulary"
ROUNDING = 1e-3  # nats; a log-sum-exp that is further from that of its logits is another row's


def tokens_of(calls: Calls, fingerprint: str | None = None) -> Distribution | None:
    """Every token of the vocabulary, as a Distribution whose probabilities mean nothing.

    None for an older endpoint, which has no such path. `fingerprint`: an answer's
    system_fingerprint. If it is another one than before, other weights may answer at this address,
    and the endpoint is asked whether its vocabulary has changed.
    """
    etag, tokens, known_as = calls.kept.get("vocabulary", ("", None, None))
    if "vocabulary" in calls.kept and fingerprint in (None, known_as):
        return tokens

    headers = {"If-None-Match": etag} if etag else {}
    try:
        etag, tokens = _fetched(calls, headers) or (etag, tokens)
    except APIError as error:
        if error.status not in (404, 405, 501) or error.code == "model_not_found":
            raise
        etag, tokens = "", None
    calls.kept["vocabulary"] = etag, tokens, fingerprint or known_as
    return tokens


def _fetched(calls: Calls, headers: dict) -> tuple[str, Distribution] | None:
    """The vocabulary's ETag and tokens; None if it is the one that `headers` name."""
    path = f"{PATH}?model={calls.quoted_model}"
    response = calls.transport.request(
        "GET", path, headers=headers, deadline=calls.deadline, unchanged=True
    )
    if response.status_code == 304:
        return None
    return response.headers.get("etag", ""), calls.transport.read(response, _tokens)


def _tokens(answer: dict) -> Distribution:
    """The JSON of the vocabulary. ValueError if its parts do not fit together."""
    joined = decoded(answer["bytes"])
    ends = list(accumulate(answer["lengths"], initial=0))
    size = len(ends) - 1
    if answer["size"] != size or ends[-1] != len(joined) or min(answer["lengths"]) < 0:
        raise ValueError(f"{size} tokens of {ends[-1]} bytes: it has {len(joined)} bytes")

    raw = tuple(joined[start:end] for start, end in pairwise(ends))
    names = {int(token): name.encode() for token, name in answer["names"].items()}
    labels = tuple(readable(text or names.get(i, b"")) for i, text in enumerate(raw))
    uniform = np.full(size, -np.log(size))
    return Distribution(labels, uniform, raw, 0.0, tuple(range(size)), size)


def decoded(text: str) -> bytes:
    """base64's bytes. ValueError for what is not base64."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)  # base64's own check takes 2 ms a row
    except binascii.Error as error:
        raise ValueError(f"its base64 is broken ({error})") from None


def rows_of(text: str, count: int, size: int) -> np.ndarray:
    """float32 (count, size) from base64. ValueError for another size, NaN or +inf."""
    raw = decoded(text)
    if len(raw) != 4 * count * size:
        raise ValueError(f"{len(raw)} bytes of logits for {count} × {size} tokens of 4 bytes")
    rows = np.frombuffer(raw, "<f4").reshape(count, size)
    if not (rows < np.inf).all():
        raise ValueError("its logits hold NaN or +inf")
    return rows


def distribution(
    tokens: Distribution, row: np.ndarray, logsumexp: float, raw: bool
) -> Distribution:
    """A row of float32 logits (V,) over these tokens. `raw`: they are the model's own.

    ValueError if `logsumexp` is not theirs.
    """
    logits = row.astype(np.float64)
    top = logits.max()
    total = float(top + np.log(np.exp(logits - top).sum())) if top > -np.inf else -np.inf
    if not abs(total - logsumexp) <= ROUNDING:
        raise ValueError(f"its logsumexp is {logsumexp!r}, and that of its logits {total:g}")
    return tokens.with_logprobs(logits - total, total if raw else None)
