"""Tokens as OpenAI writes them in `logprobs`."""

LOWEST = -9999.0  # OpenAI's sentinel for a logprob that it does not tell, and ours for minus infinity


def entry(job, token) -> dict:
    """A decode.Token -> an entry of logprobs.content, with ids if the request asked for them."""
    vocabulary = job.model.engine.vocabulary

    def one(token_id: int, logprob: float) -> dict:
        told = {
            "token": vocabulary.text(token_id),
            "bytes": vocabulary.bytes(token_id),
            "logprob": max(logprob, LOWEST),
        }
        return {"id": token_id} | told if job.request.ids else told

    return one(token.id, token.logprob) | {"top_logprobs": [one(*item) for item in token.top]}
