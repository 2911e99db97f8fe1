"""Scores written down by hand: a whole sentence, a sentence known in part, and odd tokens."""

import math

from samplers.api import Score
from samplers.wire.tokens import readable

INF = math.inf


def score_of(raws, logprobs, entropies=None, top=None) -> Score:
    """A Score of these tokens' bytes; "<|im_end|>" is the name of one without bytes."""
    entropies = [None] * len(raws) if entropies is None else entropies
    return Score(
        tokens=tuple(readable(raw) if raw else "<|im_end|>" for raw in raws),
        logprobs=tuple(logprobs),
        entropies=tuple(entropies),
        top=tuple(top or [()] * len(raws)),
        bytes=tuple(raws),
    )


# the first token is not known, "cat" is one in two, " zz" never happens
WHOLE = score_of(
    raws=[b"The", b" cat", b" zz", b"."],
    logprobs=[None, math.log(0.5), -INF, 0.0],
    entropies=[None, (1.5, 1.5), (0.2, 0.2), (0.0, 0.0)],
    top=[
        (),
        (("␣cat", 0.5), ("␣dog", 0.3)),
        (("␣sat", 0.9), ("␣ran", 0.05)),
        ((".", 1.0),),
    ],
)
# an endpoint that shows a part of the vocabulary, or does not say how large it is
PARTLY = score_of(
    raws=[b"a", b"b", b"c"],
    logprobs=[-1.0, -0.1, -0.2],
    entropies=[(0.4, 3.0), (2.0, INF), (2.1, 2.2)],
)
ODD = [
    b"<script>alert(1)</script>",
    b'"><img src=x onerror=alert(1)>',
    b" &amp; ' \" <b>",
    "مرحبا".encode(),
    "\u202eabc".encode(),
    "好".encode()[:2],
    "好".encode()[2:],
    "用".encode(),
    "🙂".encode(),
    b"\n\n",
    b"\r\n",
    b"   ",
    b"",
    b"\x00\x1b[0m",
    b"a$b$c",
    b" x\xff y",
    b"=" * 300,
]
ODDITIES = score_of(
    ODD, [-0.7] * len(ODD), top=[((readable(raw) or "x", 0.5), ("</b>", 0.1)) for raw in ODD]
)
