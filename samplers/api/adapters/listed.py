"""The next token's distribution from a chat completion's top_logprobs: what any engine can give."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from samplers.api.abilities import Abilities
from samplers.api.adapters.calls import Calls
from samplers.api.errors import APIError
from samplers.api.next_token import displaces, first_place, top_distribution
from samplers.distribution import Distribution
from samplers.wire.logprobs import MAX_TOP_LOGPROBS

# Nothing is truncated or penalised: there an engine's logprobs are the model's own, whatever it
# means by them.
PLAIN = {"temperature": 1, "top_p": 1, "max_tokens": 1, "logprobs": True}
# The longest lists that APIs allow: OpenAI's API file says 20, its models since gpt-5.6 take 5.
LONGEST = (MAX_TOP_LOGPROBS, 5)


def next_token(
    calls: Calls,
    messages: list[dict],
    top: int | str,
    known: Abilities,
    more: Mapping = MappingProxyType({}),
    named: Callable = lambda answer: answer,
) -> Distribution:
    """The `top` most probable tokens, or as many of them as the endpoint lists.

    An engine that is not known is asked for shorter lists where it refuses one, and the length that
    it takes is kept.

    Where the drawn token takes the place of another one, one more is asked for. At the endpoint's
    cap that cannot be. Where its logprobs are raw, greedy decoding then draws the most probable
    token, which displaces none; elsewhere the list can be one token shorter.

    `more`: parameters of the request. `named`: what gives the tokens of an answer's JSON their
    names.
    """
    refusal = None
    for most in _tried(calls, top, known):
        try:
            distribution = _listed(calls, messages, top, most, known, more, named)
        except APIError as error:
            if error.status not in (400, 422):
                raise
            refusal = refusal or error
        else:
            if refusal:
                calls.kept["longest list"] = most
            return distribution
    raise refusal


def _tried(calls: Calls, top: int | str, known: Abilities) -> list[int]:
    """What is taken for the length of the longest list, in the order in which it is tried."""
    if known.engine != "unknown":
        return [known.top_logprobs or MAX_TOP_LOGPROBS]
    if "longest list" in calls.kept:
        return [calls.kept["longest list"]]

    wanted = MAX_TOP_LOGPROBS if top == "all" else top
    first = max(wanted, MAX_TOP_LOGPROBS)
    return [first, *(length for length in LONGEST if length < first and length <= wanted)]


def _listed(
    calls: Calls,
    messages: list[dict],
    top: int | str,
    most: int,
    known: Abilities,
    more: Mapping,
    named: Callable,
) -> Distribution:
    """The same, of an endpoint that lists `most` tokens at most."""
    wanted = most if top == "all" else min(top, most)
    one_more = known.drawn_displaces or "drawn displaces" in calls.kept
    if known.engine == "unknown" and wanted == 1:
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
