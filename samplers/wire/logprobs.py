"""What a logprobs list can say: OpenAI's sentinel and its cap."""

from samplers.params import RANGES

# What OpenAI's API and vLLM write for the logprob of a token that is too unlikely to have one:
# JSON cannot hold -inf. Source: OpenAI's API reference, "Create chat completion".
UNSEEN_LOGPROB = -9999.0

# The most tokens that a request can ask to see at each place (OpenAI's top_logprobs).
MAX_TOP_LOGPROBS = RANGES["top_logprobs"][2]
