"""A chat request in the form that its engine takes, where OpenAI's own is refused there."""

from samplers.api.abilities import Abilities
from samplers.api.adapters import vllm
from samplers.api.adapters.calls import Calls
from samplers.api.adapters.recognise import abilities
from samplers.api.results import Completion

# vLLM refuses top_p = 0 and keeps the tokens before which the mass is < top_p: at 0 the first one
# alone, as in transformers. Here, too: the likeliest token of any vocabulary has more than this.
# Source: engines.py, and vllm/v1/sample/ops/topk_topp_sampler.py, which keeps one in any case.
LEAST_TOP_P = 1e-9


def chat(calls: Calls, body: dict) -> Completion:
    """The answer to a chat request's `body`.

    top_p = 0 and n go out in a form that the engine takes, n in several requests if need be. On
    vLLM the tokens of the logprobs are asked for by id: only so does each have its own bytes.
    """
    if not _differs(body):
        return calls.send(body, Completion.from_wire)

    body = with_top_p(calls, body)
    known = abilities(calls)
    most = most_choices(body, known)
    if known.reports_bytes or not known.tokenizes or not body.get("logprobs"):
        return calls.send(body, Completion.from_wire, most_choices=most)

    def read(answer: dict) -> dict:
        Completion.from_wire(answer)  # whatever is wrong with it is said here
        return answer

    answer = calls.send(vllm.BY_ID | body, read, most_choices=most)
    return Completion.from_wire(vllm.name_tokens(calls, answer))


def with_top_p(calls: Calls, body: dict) -> dict:
    """The body with a top_p that the engine takes: 0 becomes LEAST_TOP_P where 0 is refused."""
    if body.get("top_p") == 0 and not abilities(calls).zero_top_p:
        return body | {"top_p": LEAST_TOP_P}
    return body


def most_choices(body: dict, known: Abilities) -> int | None:
    """The most answers that one request like `body` may ask for; None: not known."""
    if body.get("temperature") == 0 and not known.greedy_choices:
        return 1
    return known.most_choices


def _differs(body: dict) -> bool:
    """Does the request hold anything that engines take differently?"""
    return bool(body.get("logprobs")) or body.get("top_p") == 0 or body.get("n", 1) != 1
