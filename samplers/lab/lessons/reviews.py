"""Forty short sentences with a label, for lesson 05: is what was said positive or negative?

Written by hand for the lesson before any model saw them (three were reworded later, for their
English alone). Twenty of each label; the n-th of one list mirrors the n-th of the other, often in
all words but a few, so the forty are not forty independent cases. Some are tricky on purpose ("Not
bad at all."). `SHOTS` are six others, shown as examples.
"""

POSITIVE = (
    "I loved every minute of it.", "The food was wonderful.", "What a great surprise!", "She smiled all day.",
    "The best holiday we ever had.", "It works perfectly.", "I would buy it again.", "A beautiful, moving film.",
    "The staff were kind and helpful.", "I can't stop listening to it.", "Not bad at all.", "It was worth every penny.",
    "The children were delighted.", "Finally, a phone that lasts.", "I was never bored.", "Thank you, it made my day.",
    "Surprisingly good.", "The room was clean and quiet.", "I expected less and got more.",
    "You can't go wrong with it.",
)  # fmt: skip
NEGATIVE = (
    "I hated every minute of it.", "The food was cold and bland.", "What a waste of money.", "She cried all day.",
    "The worst holiday we ever had.", "It broke after a week.", "I want my money back.", "A dull, endless film.",
    "The staff were rude.", "I couldn't finish it.", "Not good at all.", "It was not worth the price.",
    "The children were scared.", "Yet another phone that fails.", "I was never amused.", "Thanks, it ruined my day.",
    "Surprisingly bad.", "The room was dirty and loud.", "I expected more and got less.", "You can't trust it at all.",
)  # fmt: skip
REVIEWS = (*((text, "positive") for text in POSITIVE), *((text, "negative") for text in NEGATIVE))

SHOTS = (
    ("I like it very much.", "positive"), ("I don't like it.", "negative"), ("This is terrible.", "negative"),
    ("This is amazing.", "positive"), ("Never again!", "negative"), ("I am so happy with it.", "positive"),
)  # fmt: skip


def few_shot(text: str) -> list[dict]:
    """Messages that ask for `text`'s label as the answer's first token, after the six examples."""
    roles = ("user", "assistant")
    turns = [
        {"role": role, "content": said}
        for shot in SHOTS
        for role, said in zip(roles, shot, strict=True)
    ]
    return [*turns, {"role": "user", "content": text}]
