"""The next token's distribution from a chat completion's top_logprobs: what any engine can give."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from samplers.api.abilities import Abilities
from samplers.api.adapters.calls import Calls
from samplers.api.next_token import displaces, first_place, top_distribution
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS

# Nothing is truncated or penalised: there an engine's logprobs are the model's own, whatever it
# means by them.
PLAIN = {"temperature": 1, "top_p": 1, "max_tokens": 1, "logprobs": True}


def next_token(
    calls: Calls,
    messages: list[dict],
    top: int | str,
    known: Abilities,
    more: Mapping = MappingProxyType({}),
    named: Callable = lambda answer: answer,
) -> Distribution:
    """The `top` most probable tokens, or as many of them as the endpoint lists.

    Where the drawn token takes the place of another one, one more is asked for. At the endpoint's
    cap that cannot be. Where its logprobs are raw, greedy decoding then draws the most probable
    token, which displaces none; elsewhere the list can be one token shorter.

    `more`: parameters of the request. `named`: what gives the tokens of an answer's JSON their
    names.
    """
    most = known.top_logprobs or MAX_TOP_LOGPROBS
    wanted = most if top == "all" else top
    one_more = known.drawn_displaces or "drawn displaces" in calls.kept
    if known.engine != "unknown":
        wanted = min(wanted, most)  # one that is not known says itself what is too much
    elif wanted == 1:
        one_more = True  # of one token nobody can tell whether it is the likeliest or the drawn one

    def ask(one_more: bool) -> dict:
        """The entry of a drawn token, which lists `wanted` tokens, or one more."""
        asked = PLAIN | {"top_logprobs": wanted, **more}
        if one_more and wanted < most:
            asked["top_logprobs"] = wanted + 1
        elif one_more and known.raw_logprobs:
            asked["temperature"] = 0
        body = calls.body(messages, asked)
        return calls.send(body, lambda answer: first_place(named(answer)))

    place = ask(one_more)
    if displaces(place) and not one_more:
        calls.kept["drawn displaces"] = True
        place = ask(True)
    return top_distribution(place, calls.kept.get("vocabulary size"), wanted)
