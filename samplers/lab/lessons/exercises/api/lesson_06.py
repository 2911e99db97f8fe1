"""Exercises of lesson 06, Manage the messages."""

from copy import deepcopy

from samplers.api import Completion
from samplers.checks import shown
from samplers.lab.lessons.exercises import Exercise
from samplers.lab.lessons.exercises.functions import outcome
from samplers.lab.lessons.exercises.plain import (
    AnswerError,
    choice,
    number,
    several,
    whole,
    word,
    yes,
)

CALL = {
    "id": "call_9",
    "type": "function",
    "function": {"name": "get_time", "arguments": '{"city":"Rome"}'},
}
CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Thanks!"},
    {"role": "assistant", "content": "You are welcome."},
    {"role": "user", "content": "What time is it in Rome?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_9", "content": "noon"},
    {"role": "assistant", "content": "It is noon."},
    {"role": "user", "content": "Thanks!"},
]
BUDGETS = {80: 1, 1000: 1, 79: 3, 60: 3, 59: 7, 50: 7, 40: 7, 20: 7}  # where the turns kept begin
WINDOW = 4096  # tokens of the local endpoint's context
HELLO = 10  # tokens of "Hello" in its template
REASONS = {
    "The model drew the token that ends its turn.": "stop",
    "The text ran into one of your stop strings.": "stop",
    "max_completion_tokens tokens were drawn.": "length",
    "The context window is full.": "length",
    "The model asks you to call a function.": "tool_calls",
}


def _count(messages) -> int:
    """Ten tokens a message: easy to check by hand."""
    return 10 * len(messages)


def _newest(function) -> bool | str:
    """Try the learner's newest(messages, budget, count) on three conversations."""
    for budget, start in BUDGETS.items():
        hint = _budget_hint(function, budget, CONVERSATION[:1] + CONVERSATION[start:])
        if hint:
            return hint

    if _kept(function, CONVERSATION[1:], 49) != CONVERSATION[-1:]:
        return (
            "A conversation may have no system message. "
            "Then only whole turns are kept, and nothing else."
        )
    one_question = [CONVERSATION[0], CONVERSATION[-1]]
    if _kept(function, one_question, 20) != one_question:
        return "A conversation of one question that fits must come back whole."

    try:
        outcome(function, CONVERSATION, 19, _count)
    except AnswerError as error:
        if isinstance(error.__cause__, ValueError):
            return True
        raise
    return (
        "With a budget of 19 not even the last question fits. "
        "Raise a ValueError then: there is nothing that you can send."
    )


def _kept(function, messages: list[dict], budget: int) -> list[dict]:
    """The messages that the function keeps; AnswerError if they are no list of messages."""
    kept = outcome(function, messages, budget, _count)
    if isinstance(kept, tuple):
        kept = list(kept)
    if not isinstance(kept, list) or not kept or not all(m in messages for m in kept):
        raise AnswerError("It must return a list of some of the messages.")
    return kept


def _budget_hint(function, budget: int, expected: list[dict]) -> str | None:
    """What is wrong with what the function keeps of the conversation; None if nothing is."""
    problem = _problem(_kept(function, CONVERSATION, budget), budget, expected)
    if problem is None:
        return None
    return (
        f"A conversation of {len(CONVERSATION)} messages of 10 tokens each, "
        f"budget {budget}: {problem}"
    )


def _problem(kept: list[dict], budget: int, expected: list[dict]) -> str | None:
    """What is wrong with the messages `kept`, the worst first; None if nothing is."""
    roles = [m["role"] for m in kept]
    calls = [call["id"] for m in kept for call in m.get("tool_calls") or ()]
    if "system" not in roles or roles[0] != "system":
        return "the system message must stay, first."
    if kept[-1] != CONVERSATION[-1]:
        return "the last question must stay, last."
    if any(m.get("tool_call_id", "call_9") not in calls for m in kept if m["role"] == "tool"):
        return "it keeps a tool's result without its call. The API refuses that with a 400."
    if calls and "tool" not in roles:
        return "it keeps a tool call without its result. The API refuses that with a 400."
    if _count(kept) > budget:
        return f"it keeps {_count(kept)} tokens."
    if roles[1:2] != ["user"]:
        return (
            "what stays begins with an answer whose question is gone. "
            "Cut at the beginning of a turn."
        )
    if kept != expected:
        return (
            f"it keeps {len(kept)} messages; the newest whole turns that fit have {len(expected)}."
        )
    return None


class _Chat:
    """Stands for client.chat: answers 1, 2, 3 …, remembers what it was sent, and can fail."""

    def __init__(self):
        self.sent = []
        self.fails = False

    def __call__(self, messages, **params) -> Completion:
        if self.fails:
            raise ConnectionError("the network was away")
        self.sent.append(deepcopy(list(messages)))
        message = {"role": "assistant", "content": f"answer {len(self.sent)}"}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return Completion.from_wire({"model": "test", "choices": [choice], "usage": None})


def _history(ask) -> bool | str:
    """Try the learner's ask(history, text, chat) on two questions, then on a call that fails."""
    if not callable(ask):
        return f"Give the function itself, without brackets, not {shown(ask)}."
    chat = _Chat()
    history = []
    answers = [ask(history, f"question {n}", chat=chat) for n in (1, 2)]
    if answers != ["answer 1", "answer 2"]:
        return f"It must return the answer's text; it returned {answers[0]!r}."
    if not all(_is_plain(m) for m in history):
        return "The history must be messages with a role and a content, nothing else."

    if len(chat.sent) != 2:
        return f"Two questions are two requests; yours made {len(chat.sent)}."
    sent = [(m["role"], m["content"]) for m in chat.sent[-1]]
    if sent != [("user", "question 1"), ("assistant", "answer 1"), ("user", "question 2")]:
        roles = ", ".join(role for role, _ in sent)
        return (
            f"The second request had the roles {roles}. "
            "What did the model know of its own first answer?"
        )
    if len(history) != 4:
        return f"After two questions and two answers the history has {len(history)} messages."
    return _failed_call(ask, history, chat)


def _is_plain(message) -> bool:
    is_message = isinstance(message, dict) and bool(message.get("content"))
    return is_message and set(message) <= {"role", "content", "refusal"}


def _failed_call(ask, history: list[dict], chat: _Chat) -> bool | str:
    before = deepcopy(history)
    chat.fails = True

    try:
        ask(history, "question 3", chat=chat)
    except ConnectionError:
        if history == before:
            return True
        return (
            "Better. Now the network fails once, and you ask again: "
            "the question is in the history twice."
        )

    return "A call that fails must not look like an answer: let the error pass."


def _window(answer) -> bool | str:
    most = whole(answer)
    if most == WINDOW:
        return "The prompt needs a place in the window, too: how many tokens does it have?"
    if most == WINDOW - HELLO + 1:
        return "One too many: a prompt and an answer that fill the window exactly still fit."
    return most == WINDOW - HELLO


def _stop(answer, whole: str) -> bool | str:
    text = answer.replace("\\n", "\n") if isinstance(answer, str) else answer
    said, right = (word(each).replace(" ", "") for each in (text, whole.partition("nan")[0]))
    if said == right:
        return True
    if "nan" in said:
        return "The stop string itself is not in the answer."
    if said.startswith(right):
        return "No letter of the stop string is in the answer, and nothing that follows it."
    return "Look for the first place in the whole answer where these three letters appear."


def _exact(answer) -> bool | str:
    at_14, at_15 = (choice(part, "stop", "length") for part in several(answer, 2))
    if at_14 == "length" and at_15 == "length":
        return "At 14 you are right. But what is left to draw when the fifteenth is the end itself?"
    return (at_14, at_15) == ("length", "stop")


def _reasons(answer) -> bool | str:
    if isinstance(answer, dict):
        answer = [answer.get(case, "") for case in REASONS]
    parts = [word(part).replace(" ", "_") for part in several(answer, len(REASONS))]
    said = [choice(part, *sorted(set(REASONS.values()))) for part in parts]
    wrong = [case for case, part in zip(REASONS, said, strict=True) if part != REASONS[case]]
    return f"Think again about: {' '.join(wrong)}" if wrong else True


EXERCISES = {
    "06-memory": Exercise(
        ask='write "yes" or "no".',
        test=lambda answer: not yes(answer),
        hint="What in the second request says that we are talking about colours?",
        why="Nothing in the request is about colours, and the request is all that the model gets.",
    ),
    "06-sixth": Exercise(
        ask="write a number of tokens.",
        test=lambda answer, first: -11 <= number(answer) - (first + 5 * 16) <= 14,
        hint="The tokens of the first request, and 16 more with every turn.",
        why="The tokens of the first request, 5 · 16 more, and a few for longer words.",
    ),
    "06-obeys": Exercise(
        ask='write "pirate", "capitals", "both" or "neither".',
        test=lambda answer: choice(answer, "pirate", "capitals", "both", "neither") == "pirate",
        hint="Which of the two is nearer to the stories that a small model has read?",
        why="It plays the pirate and ignores the order to write in capitals.",
    ),
    "06-forged": Exercise(
        ask='write "yes" or "no".',
        test=lambda answer: not yes(answer),
        hint="Is the server forced to turn a text that looks like a mark into a mark?",
        why="A mark is a token that only the template may write; the user's letters stay letters.",
    ),
    "06-window": Exercise(
        ask="write a whole number.",
        test=_window,
        hint="4,096 tokens in all, minus those of the prompt in its template.",
        why="4,096 − 10: prompt and answer share one window.",
    ),
    "06-stop": Exercise(
        ask="write the answer's text; a new line is \\n.",
        test=_stop,
        hint="Characters are compared, not tokens, and the first match counts.",
        why="It stops in the middle of a word, and of a token.",
    ),
    "06-exact": Exercise(
        ask='write two words, (at 14, at 15), each "stop" or "length".',
        test=_exact,
        hint="The end of a turn is a token, too.",
        why="At 14 the text is whole, but the token that ends the turn was never drawn.",
    ),
    "06-newest": Exercise(
        ask="write newest(messages, budget, count).",
        test=_newest,
        hint=(
            "Turns begin where a user speaks. "
            "Try each of those places, the oldest first, and count."
        ),
        why=(
            "The system message, whole turns only, "
            "the newest that fit, and an error where nothing fits."
        ),
    ),
    "06-history": Exercise(
        ask="run ask twice, print its history, and fix it.",
        test=_history,
        hint=(
            "What does a conversation consist of besides questions? "
            "And what if chat raises an error?"
        ),
        why="Question and answer go into the history together, once the answer is there.",
    ),
    "06-reasons": Exercise(
        ask='write "stop", "length" or "tool_calls" for each.',
        test=_reasons,
        hint=(
            "stop: the answer came to its end. length: it was cut off. "
            "tool_calls: it is your turn to act."
        ),
        why="So stop has two causes, and so does length.",
    ),
}
