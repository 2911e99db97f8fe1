"""Texts with a label, for lesson 05b: by them one sees whether a model's confidence is worth much.

All were written by hand for the lesson before any model saw them.

REVIEWS, forty short sentences: do they say something positive or negative? There are twenty of each
label. The n-th of one list mirrors the n-th of the other, often in all words but a few, so the
forty are not forty independent cases. Some are tricky on purpose ("Not bad at all."). Three were
reworded later, only to correct their English.

PASSAGES, ten short texts: does the text answer a question? The first question it answers; the
second is about the same thing, and it does not. Several ways to ask were tried on eight other
passages, and none was clearly the best. This one is short, and what is asked of one text begins
alike, so that its beginning is read once.

What the model is shown as examples, six of each kind, is not among them.
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

PASSAGES = (
    (
        "The library is open until nine. On Sundays it is closed.",
        "Until when is the library open?",
        "How many books does the library have?",
    ),
    (
        "Anna has two brothers. They live in Oslo.",
        "How many brothers does Anna have?",
        "What is Anna's job?",
    ),
    (
        "The soup is made of carrots and ginger. It is served cold.",
        "What is the soup made of?",
        "How much does the soup cost?",
    ),
    (
        "The museum was founded in 1921. It shows old clocks.",
        "When was the museum founded?",
        "Who founded the museum?",
    ),
    (
        "The hotel has a garden with a pool. Dogs are not allowed.",
        "Are dogs allowed in the hotel?",
        "How many rooms does the hotel have?",
    ),
    (
        "Peter plays the violin in an orchestra. He practises at night.",
        "What instrument does Peter play?",
        "Where was Peter born?",
    ),
    (
        "The lake is forty metres deep. In winter it freezes over.",
        "How deep is the lake?",
        "What fish live in the lake?",
    ),
    (
        "The bus to the airport runs every ten minutes. It is often full.",
        "How often does the bus to the airport run?",
        "How long does the bus take to the airport?",
    ),
    (
        "The tower is built of red brick. It was damaged in a storm.",
        "What is the tower built of?",
        "How high is the tower?",
    ),
    (
        "The shop sells tea from China and Japan. It has no coffee.",
        "Where does the shop's tea come from?",
        "When does the shop open?",
    ),
)

SHOWN_PASSAGES = (
    ("The shop is closed on Friday. It sells shoes.", "When is the shop closed?", "Yes"),
    ("The shop is closed on Friday. It sells shoes.", "Who owns the shop?", "No"),
    ("Lena has a dog. It is brown and old.", "How much did Lena's dog cost?", "No"),
    ("Lena has a dog. It is brown and old.", "What colour is Lena's dog?", "Yes"),
    ("The garden has four apple trees. They are in blossom.", "How big is the garden?", "No"),
    (
        "The garden has four apple trees. They are in blossom.",
        "How many apple trees are in the garden?",
        "Yes",
    ),
)


@checked
def few_shot(text: str) -> list[dict]:
    """Messages that ask for `text`'s label as the answer's first token, after the six examples."""
    messages = []
    for sentence, label in SHOTS:
        messages.append({"role": "user", "content": sentence})
        messages.append({"role": "assistant", "content": label})
    return [*messages, {"role": "user", "content": text}]


@checked
def ask_whether(text: str, question: str) -> list[dict]:
    """Messages with six examples, after which a model says whether `text` answers `question`."""
    messages = []
    for other_text, other_question, answer in SHOWN_PASSAGES:
        messages.append({"role": "user", "content": _whether(other_text, other_question)})
        messages.append({"role": "assistant", "content": answer})
    return [*messages, {"role": "user", "content": _whether(text, question)}]


def _whether(text: str, question: str) -> str:
    return f"Text: {text}\nQuestion: {question}"
