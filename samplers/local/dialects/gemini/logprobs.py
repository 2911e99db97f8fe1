"""logprobsResult: Google's form of the logprobs of some tokens."""

from samplers.local.answer.generate.generation import Token
from samplers.local.engine.vocabulary import Vocabulary
from samplers.wire.logprobs import UNSEEN_LOGPROB


def logprobs_result(vocabulary: Vocabulary, tokens: list[Token]) -> dict:
    """The chosen tokens, and the most probable ones at each place if any are asked for."""
    chosen = [_candidate(vocabulary, token.id, token.logprob) for token in tokens]
    top = [
        {"candidates": [_candidate(vocabulary, *each) for each in token.top_logprobs]}
        for token in tokens
        if token.top_logprobs
    ]
    return ({"topCandidates": top} if top else {}) | {"chosenCandidates": chosen}


def average(tokens: list[Token]) -> float:
    """avgLogprobs: the mean of the tokens' logprobs."""
    return sum(_finite(token.logprob) for token in tokens) / len(tokens)


def _candidate(vocabulary: Vocabulary, token: int, logprob: float) -> dict:
    return {
        "token": vocabulary.text(token),
        "tokenId": token,
        "logProbability": _finite(logprob),
    }


def _finite(logprob: float) -> float:
    return max(logprob, UNSEEN_LOGPROB)
