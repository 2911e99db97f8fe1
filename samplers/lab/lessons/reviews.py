"""Forty short sentences with a label, for lesson 05: do they say something positive or negative?

They were written by hand for the lesson before any model saw them. Three were reworded later, only
to correct their English. There are twenty of each label. The n-th of one list mirrors the n-th of
the other, often in all words but a few, so the forty are not forty independent cases. Some are
tricky on purpose ("Not bad at all."). `SHOTS` are six others, shown as examples.
"""

from samplers.lab.arguments import checked

POSITIVE = (
    "I loved every minute of it.",
    "The food was wonderful.",
    "What a great surprise!",
    "She smiled all day.",
    "The best holiday we ever had.",
    "It works perfectly.",
    "I would buy it again.",
    "A beautiful, moving film.",
    "The staff were kind and helpful.",
    "I can't stop listening to it.",
    "Not bad at all.",
    "It was worth every penny.",
    "The children were delighted.",
    "Finally, a phone that lasts.",
    "I was never bored.",
    "Thank you, it made my day.",
    "Surprisingly good.",
    "The room was clean and quiet.",
    "I expected less and got more.",
    "You can't go wrong with it.",
)
NEGATIVE = (
    "I hated every minute of it.",
    "The food was cold and bland.",
    "What a waste of money.",
    "She cried all day.",
    "The worst holiday we ever had.",
    "It broke after a week.",
    "I want my money back.",
    "A dull, endless film.",
    "The staff were rude.",
    "I couldn't finish it.",
    "Not good at all.",
    "It was not worth the price.",
    "The children were scared.",
    "Yet another phone that fails.",
    "I was never amused.",
    "Thanks, it ruined my day.",
    "Surprisingly bad.",
    "The room was dirty and loud.",
    "I expected more and got less.",
    "You can't trust it at all.",
)
REVIEWS = (
    *((sentence, "positive") for sentence in POSITIVE),
    *((sentence, "negative") for sentence in NEGATIVE),
)

SHOTS = (
    ("I like it very much.", "positive"),
    ("I don't like it.", "negative"),
    ("This is terrible.", "negative"),
    ("This is amazing.", "positive"),
    ("Never again!", "negative"),
    ("I am so happy with it.", "positive"),
)


@checked
def few_shot(text: str) -> list[dict]:
    """Messages that ask for `text`'s label as the answer's first token, after the six examples."""
    messages = []
    for sentence, label in SHOTS:
        messages.append({"role": "user", "content": sentence})
        messages.append({"role": "assistant", "content": label})
    return [*messages, {"role": "user", "content": text}]
