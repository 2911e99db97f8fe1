"""A bigram table as a model, and trees of continuations over it."""

import numpy as np

from samplers import Chain, SamplingParams
from samplers.lab import Tree

A, B, C, END = range(4)
WORDS = ["a", " b", "c", "<end>"]
TABLE = np.array(  # row: the last token; P(next): a, b, c, end
    [
        [1 / 8, 1 / 2, 1 / 4, 1 / 8],
        [1 / 2, 1 / 4, 1 / 8, 1 / 8],
        [3 / 4, 0.0, 0.0, 1 / 4],
        [0.0, 0.0, 0.0, 1.0],
    ]
)


def bigram(ids):
    with np.errstate(divide="ignore"):
        return np.log(TABLE[ids[-1]])


def grow(
    model=bigram,
    prompt=(A,),
    vocabulary=WORDS,
    stop_tokens=(END,),
    engine="openai",
    tokenize=None,
    **params,
):
    return Tree(
        model,
        prompt,
        SamplingParams(**{"seed": 0, **params}),
        vocabulary=vocabulary,
        stop_tokens=stop_tokens,
        chain=Chain.for_engine(engine),
        tokenize=tokenize,
    )
