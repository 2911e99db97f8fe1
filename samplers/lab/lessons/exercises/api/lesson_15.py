"""Exercises of lesson 15, Live without the knobs."""

from collections.abc import Callable

from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import returned
from samplers.lab.lessons.exercises.plain import (
    AnswerError,
    by_name,
    choice,
    number,
    share,
    whole,
    word,
)

CODES = {  # how the reasoning model takes it
    "Chat, temperature 0.7": "refused",
    "Chat, stop": "refused",
    "Chat, seed": "taken",
    "Responses, temperature 0.7": "refused",
    "Responses, stop": "unknown",
    "Responses, seed": "unknown",
}
WAYS = ("drop", "none", "other")
NEVER = ("max_tokens", "stop")  # Chat's reasoning model refuses them at any effort
DEFAULTS = {"temperature": 1, "logprobs": False}  # it takes these values while it thinks
NEUTRAL = {"top_p": 1, "frequency_penalty": 0, "presence_penalty": 0, "n": 1}  # ask for nothing
ANSWER = 30  # tokens that exercise A leaves for the answer
THOUGHTS = {"low": 32, "medium": 96, "high": 192, "xhigh": 384}  # the most of the profile's


def _chain(answer) -> bool | str:
    value = share(answer)
    if value > 0.9:
        return "So it is for a short answer. Here are 3,000 draws, and each must be right."
    return 0.045 <= value <= 0.055


def _codes(answer) -> bool | str:
    given = by_name(answer, CODES)
    known = sorted(set(CODES.values()))
    wrong = [name for name, code in CODES.items() if choice(given[name], *known) != code]
    if not wrong:
        return True
    return (
        f"{len(wrong)} of {len(CODES)} are not right. Which of these parameters does the API have "
        "at all?"
    )


def _think(answer) -> bool | str:
    return choice(answer, "as many", "half", "none") == "half"


def _vote(answer) -> bool | str:
    said = choice(answer, "one draw", "greedy", "more")
    if said == "more":
        return "A vote elects what is drawn most often. How often is the right number drawn?"
    return said == "one draw"


def _examples(answer) -> bool | str:
    count = whole(answer)
    if not 0 <= count <= 4:
        return "There are four sums."
    return count >= 3


def _left(answer) -> bool | str:
    if isinstance(answer, str) and word(answer) in ("none", "no model", "no models"):
        answer = 0
    return number(answer) == 0


def _ways(answer, old: dict) -> bool | str:
    bodies = by_name(answer, WAYS)
    for way, problem in (("drop", _dropped), ("none", _with_none), ("other", _moved)):
        body = bodies[way]
        if not isinstance(body, dict):
            raise AnswerError(f"{way}: write a body, a dict, not {shown(body)}.")
        said = problem(body, old)
        if said:
            return f"{way}: {said}"
    return True


def _dropped(body: dict, old: dict) -> str | None:
    """What is wrong with the body that has no knobs; None if nothing is."""
    if body.get("reasoning_effort") == "none":
        return "effort none is the second way. Let the model think here."
    effort = body.get("reasoning_effort", "medium")
    if effort not in THOUGHTS:
        return f"Chat's reasoning model has no effort {shown(effort)}."
    limit = ANSWER + THOUGHTS[effort]
    return _refused(body, DEFAULTS) or _not_kept(body, old) or _too_short(body, limit)


def _with_none(body: dict, old: dict) -> str | None:
    """The same of the body with the effort none."""
    if body.get("reasoning_effort") != "none":
        return 'set reasoning_effort to "none".'
    problem = _refused(body, {}) or _not_kept(body, old)
    if problem:
        return problem
    for name in ("temperature", "logprobs"):
        if body.get(name) != old[name]:
            return f"{name} is taken at effort none: keep it."
    return _too_short(body, ANSWER)


def _moved(body: dict, old: dict) -> str | None:
    """The same of the body for another model."""
    if body.get("model") == old["model"]:
        return "the model is still the reasoning one. client.model is the other."
    if {**body, "model": old["model"]} != old:
        return "this model takes the whole old request: change nothing but the model."
    if body["model"] != old["model"].removesuffix("-reasoning"):
        return f"the endpoint has no model {shown(body['model'])}."
    return None


def _refused(body: dict, defaults: dict) -> str | None:
    """The first field that is refused, unless it has its value in `defaults`, or is new."""
    for name in (*NEVER, *defaults):
        if body.get(name) not in (None, defaults.get(name)):
            return f"400: {name!r} is not supported with this model."
    asked = ("model", "messages", "max_completion_tokens", "reasoning_effort", *DEFAULTS, *NEVER)
    for name, value in body.items():
        if name not in asked and (name not in NEUTRAL or value != NEUTRAL[name]):
            return f"the old request asks for no {name!r}: leave it out."
    return None


def _not_kept(body: dict, old: dict) -> str | None:
    for name in ("model", "messages"):
        if body.get(name) != old[name]:
            return f"{name} must stay as it is."
    return None


def _too_short(body: dict, limit: int) -> str | None:
    given = body.get("max_completion_tokens")
    if given is None:
        return "the limit is lost. Its new name is max_completion_tokens."
    if whole(given) < limit:
        return f"a limit of {shown(given)} may leave fewer than {ANSWER} tokens for the answer."
    return None


def _best(best_of: Callable) -> bool | str:
    for answers, most, right, calls in (
        ([3, 9, 4], 5, 9, 2),
        ([9, 3], 5, 9, 1),
        ([3, 4, 5, 9], 3, None, 3),
        ([3, 4, 9], 3, 9, 3),
    ):
        asked = []

        def ask(asked=asked, answers=answers) -> int:
            asked.append(1)
            return answers[min(len(asked), len(answers)) - 1]

        made = returned(best_of, ask, _is_nine, most)
        trial = f"answers {answers}, only 9 passes, most {most}: "
        if made != right:
            return f"{trial}yours gives {shown(made)}, not {right}."
        if len(asked) != calls:
            return f"{trial}yours asks {len(asked)} times, not {calls}."
    return True


def _is_nine(answer) -> bool:
    return answer == 9


EXERCISES = {
    "15-chain": Exercise(
        ask="write a probability.",
        test=_chain,
        hint="All 3,000 draws must be right, each with probability 0.999.",
        why="0.999 to the power of 3,000 is 0.05: one chain in twenty.",
    ),
    "15-codes": Exercise(
        ask='write "taken", "refused" or "unknown" for each.',
        test=_codes,
        hint="An API says something else of what it knows and what it does not know.",
        why="Responses does not know stop and seed. Chat knows both, and takes the seed.",
    ),
    "15-think": Exercise(
        ask='write "as many", "half" or "none".',
        test=_think,
        hint="Its thoughts stand between the examples and the answer. What is then left of them?",
        why="After the examples, its thoughts stand in the way.",
    ),
    "15-vote": Exercise(
        ask='write "one draw", "greedy" or "more".',
        test=_vote,
        hint="Which number will be drawn most often: the right one?",
        why="The right number is seldom drawn. A vote elects what is drawn most often.",
    ),
    "15-examples": Exercise(
        ask="write how many of the four.",
        test=_examples,
        hint="Examples change what the model finds probable, before anything is drawn.",
        why="After examples nearly all of the probability is on one answer: see below.",
    ),
    "15-left": Exercise(
        ask="write a number.",
        test=_left,
        hint="Which models take it always today, and until when?",
        why="The last four end on 14 January 2027.",
    ),
    "15-ways": Exercise(
        ask="write the three bodies.",
        test=_ways,
        hint="Send each one, send(body): the error names what is still wrong.",
        why="Without knobs, without thoughts, or elsewhere: each way keeps something else.",
    ),
    "15-best": Exercise(
        ask="write best_of(ask, passes, most): the first answer that passes.",
        test=_best,
        hint="A loop that returns as soon as an answer passes.",
        why="It stops at the first answer that passes. One that never passes costs all the calls.",
    ),
}
