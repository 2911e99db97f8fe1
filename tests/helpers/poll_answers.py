"""What each option of a poll is as an answer to its prediction's check.

{(lesson, number of the poll): (check, {letter: answer})}. A poll whose prediction has no check is
not here. None: the check cannot be asked that.
"""

FRUITS = "1. Grapefruit\n2. Banana\n3. Orange"
# of lesson 15, section 2: a temperature and stop, before the seed that the poll asks for
BY_CHAT = ("refused", "refused")
BY_RESPONSES = ("refused", "unknown")

ANSWERS = {
    ("00", 2): ("00-wrong-key", {"A": 200, "B": 400, "C": 401, "D": 404}),
    ("00", 4): ("00-three-points", {"A": 0, "B": 1, "C": 2, "D": 3}),
    ("01", 1): ("01-chinese-tokens", {"A": 4, "B": 8, "C": 14, "D": 24}),
    ("01", 5): (
        "01-surprise",
        {
            "A": ("Spain", "falls"),
            "B": ("Spain", "stays"),
            "C": ("Berlin", "falls"),
            "D": ("Spain", "rises"),
        },
    ),
    ("01", 7): ("01-unseen", {"A": 0.001, "B": 0.05, "C": 0.4}),
    ("01", 9): ("01-rare", {"A": 0, "B": 3, "C": 30, "D": 300}),
    ("02", 1): ("02-second-word", {"A": "gains", "B": "loses", "C": None}),
    ("02", 2): ("02-ratio", {"A": 1, "B": 12**0.5, "C": 6, "D": 12}),
    ("02", 3): ("02-gainers", {"A": 0, "B": 5, "C": 10, "D": 11}),
    ("02", 5): (
        "02-limits",
        {
            "A": (0, float("inf")),
            "B": (1, 49_152),
            "C": (49_152, 1),
            "D": (1, float("inf")),
        },
    ),
    ("03", 1): ("03-tail", {"A": 0.02, "B": 0.13, "C": 0.5, "D": 0.87}),
    ("03", 2): ("03-seventy", {"A": ["好"], "B": ["好", "很"], "C": ["好", "很", "不错"]}),
    ("03", 3): ("03-tenth", {"A": 1, "B": 50, "C": 4915, "D": 44_237}),
    ("03", 5): (
        "03-london",
        {
            "A": ["top_k", "top_p", "min_p"],
            "B": ["top_k"],
            "C": ["top_p", "min_p"],
            "D": [],
        },
    ),
    ("03", 7): ("03-hot", {"A": "tens", "B": "hundreds", "C": "thousands"}),
    ("03", 9): ("03-order", {"A": (1, 1), "B": (1, 2), "C": (2, 1), "D": (2, 2)}),
    ("03", 11): ("03-conservative", {"A": 1, "B": 4, "C": 14, "D": 278}),
    ("04", 1): (
        "04-three-times",
        {"A": (0.5, 0.5), "B": (1.5, 0.5), "C": (0.5, 1.5), "D": (1.5, 1.5)},
    ),
    ("04", 2): ("04-loop", {"A": 1, "B": 2, "C": 3, "D": 1000}),
    ("04", 4): ("04-counted", {"A": ("非常", "非常"), "B": ("非常", "很"), "C": ("很", "很")}),
    ("05", 1): ("05-spread", {"A": (116, 118), "B": (101, 133), "C": (60, 180)}),
    ("05", 2): ("05-uniform", {"A": 0, "B": 50, "C": 500, "D": 950}),
    ("05", 3): ("05-excluded", {"A": 0, "B": 12, "C": 53, "D": 200}),
    ("05", 4): ("05-engines", {"A": 1, "B": 2, "C": 3, "D": 4}),
    ("05", 5): ("05-seed", {"A": 1, "B": 5, "C": 20}),
    ("05b", 1): ("05-known", {"A": 0.5, "B": 1, "C": 1.3, "D": 2}),
    ("05c", 1): ("05-question", {"A": 1, "B": 2, "C": 3}),
    ("06", 1): ("06-memory", {"A": "yes", "B": "no", "C": None}),
    ("06", 2): ("06-sixth", {"A": 31, "B": 47, "C": 111, "D": 400}),
    ("06", 3): ("06-obeys", {"A": "pirate", "B": "capitals", "C": "both", "D": "neither"}),
    ("06", 4): ("06-forged", {"A": "yes", "B": "no", "C": None}),
    ("06", 5): ("06-window", {"A": 4096, "B": 4087, "C": 4086, "D": 1024}),
    ("06", 7): (
        "06-stop",
        {
            "A": "1. Grapefruit\n2. ",
            "B": "1. Grapefruit\n2. Ba",
            "C": "1. Grapefruit\n2. Banan",
            "D": FRUITS,
        },
    ),
    ("06", 8): (
        "06-exact",
        {
            "A": ("stop", "stop"),
            "B": ("length", "length"),
            "C": ("length", "stop"),
            "D": ("stop", "length"),
        },
    ),
    ("06", 9): (
        "06-reasons",
        {
            "A": ["stop", "stop", "length", "length", "tool_calls"],
            "B": ["stop", "length", "length", "stop", "tool_calls"],
            "C": ["length", "length", "stop", "stop", "tool_calls"],
        },
    ),
    ("07", 1): ("07-events", {"A": 8, "B": 9, "C": 11, "D": 16}),
    ("07", 2): ("07-loop", {"A": "ends well", "B": "loses the text", "C": "breaks at the end"}),
    ("07", 3): ("07-sooner", {"A": "sooner", "B": "later", "C": "at the same time"}),
    ("07", 4): ("07-longer", {"A": "the first", "B": "between", "C": "both"}),
    ("07", 5): ("07-halves", {"A": (3, 3), "B": (6, 6), "C": (6, 3), "D": (9, 3)}),
    ("07", 6): ("07-partial", {"A": (12, True), "B": (12, False), "C": (0, False)}),
    ("07", 7): ("07-cancel", {"A": "at once", "B": "after the long answers", "C": None}),
    ("07", 8): (
        "07-signs",
        {
            "A": [True, False, True, False],
            "B": [False, True, True, False],
            "C": [False, True, False, True],
        },
    ),
    ("08", 1): ("08-cost", {"A": 11, "B": 60, "C": 230}),
    ("08", 2): ("08-who", {"A": "the model", "B": "the endpoint", "C": "my program"}),
    ("08", 3): ("08-multiply", {"A": "yes", "B": "no", "C": None}),
    ("08", 5): ("08-results", {"A": 0, "B": 1, "C": 2}),
    ("09", 1): ("09-loads", {"A": 0, "B": 1, "C": 2, "D": 3}),
    ("09", 4): (
        "09-mask",
        {"A": (0.2, 0.25), "B": (0.8, 0.25), "C": (0.8, 0.75), "D": (0.2, 0.75)},
    ),
    ("09", 6): ("09-true", {"A": 6, "B": 11, "C": 15}),
    ("09", 10): (
        "09-promises",
        {
            "A": [False, True, True, False, True],
            "B": [True, True, False, False, True],
            "C": [True, True, True, False, False],
        },
    ),
    ("10", 1): ("10-tokens", {"A": 85, "B": 765, "C": 1105, "D": 2125}),
    ("10", 4): (
        "10-seen",
        {
            "A": [False, True, False, True, False],
            "B": [True, False, False, True, False],
            "C": [False, False, False, True, True],
            "D": [False, False, True, True, False],
        },
    ),
    ("10", 5): (
        "10-refused",
        {
            "A": [True, False, True, False, True],
            "B": [True, True, False, False, True],
            "C": [False, True, True, False, True],
            "D": [True, True, True, False, False],
        },
    ),
    ("10", 6): (
        "10-pcm",
        {"A": (24_000, 32_000), "B": (48_000, 64_000), "C": (384_000, 512_000)},
    ),
    ("11", 1): (
        "11-again",
        {
            "A": [False, False, True, True, True, True, True],
            "B": [False, True, True, False, True, True, True],
            "C": [False, True, True, True, True, False, True],
            "D": [False, True, True, True, True, True, False],
        },
    ),
    ("11", 2): ("11-quota", {"A": (1, 0), "B": (3, 3), "C": (3, 7), "D": (4, 7)}),
    ("11", 3): (
        "11-handler",
        {"A": "APIConnectionError", "B": "AttributeError", "C": "nothing: it asks again"},
    ),
    ("11", 4): ("11-product", {"A": 3, "B": 6, "C": 9}),
    ("11b", 1): ("11b-reset", {"A": (20, 20), "B": (40, 40), "C": (40, 60), "D": (60, 60)}),
    ("11b", 2): ("11b-bucket", {"A": 60, "B": 61, "C": 119, "D": 120}),
    ("11b", 3): ("11b-herd", {"A": 100, "B": 500, "C": 1050, "D": 10_000}),
    ("12", 1): ("12-alive", {"A": (7, 7), "B": (6, 4), "C": (5, 0), "D": (2, 7)}),
    ("12", 3): ("12-picture", {"A": "gpt-4o", "B": "gpt-4o-mini", "C": None}),
    ("13", 1): (
        "13-passes",
        {
            "A": [True, False, False, False, True, False],
            "B": [True, True, False, False, False, False],
            "C": [True, False, False, True, False, False],
            "D": [True, False, False, False, False, True],
        },
    ),
    ("13", 2): (
        "13-threshold",
        {"A": ("fewer", "more"), "B": ("more", "fewer"), "C": ("fewer", "fewer")},
    ),
    ("13", 4): ("13-status", {"A": 200, "B": 400, "C": 403}),
    ("14", 1): (
        "14-unchanged",
        {
            "A": [True, False, False, False],
            "B": [False, True, False, False],
            "C": [False, False, True, False],
            "D": [False, False, False, True],
        },
    ),
    ("14", 2): ("14-one", {"A": 200, "B": 400, "C": 404}),
    ("14", 3): (
        "14-done",
        {
            "A": [True, True, True, True],
            "B": [True, False, False, True],
            "C": [True, False, False, False],
        },
    ),
    ("14", 4): ("14-cached", {"A": 1030, "B": 515, "C": 0}),
    ("14", 5): ("14-engines", {"A": "more than 90", "B": "at most 40", "C": "1"}),
    ("15", 1): ("15-chain", {"A": 0.97, "B": 0.5, "C": 0.05}),
    ("15", 2): (
        "15-codes",
        {
            "A": [*BY_CHAT, "taken", *BY_RESPONSES, "taken"],
            "B": [*BY_CHAT, "taken", *BY_RESPONSES, "unknown"],
            "C": [*BY_CHAT, "refused", *BY_RESPONSES, "refused"],
        },
    ),
    ("15", 3): ("15-vote", {"A": "one draw", "B": "greedy", "C": "more"}),
    ("15", 4): ("15-examples", {"A": 1, "B": 2, "C": 4}),
    ("15", 5): ("15-think", {"A": "as many", "B": "half", "C": "none"}),
    ("15", 6): ("15-left", {"A": 0, "B": 2, "C": 4}),
    ("16", 1): (
        "16-same",
        {"A": [True, False, False], "B": [True, True, False], "C": [True, True, True]},
    ),
    ("16", 2): (
        "16-lost",
        {
            "A": [False, True, False, True, False, False],
            "B": [False, False, True, False, False, False],
            "C": [True, False, False, False, False, True],
            "D": [True, True, True, True, True, True],
        },
    ),
    ("16", 3): ("16-least", {"A": 1, "B": 8, "C": 16, "D": 64}),
    ("16", 4): ("16-id", {"A": "id", "B": "call_id", "C": "name"}),
    ("16", 5): (
        "16-strict",
        {
            "A": [True, True, False],
            "B": [True, False, False],
            "C": [False, True, False],
            "D": [False, False, False],
        },
    ),
    ("16", 6): ("16-last", {"A": 1, "B": 4, "C": 8}),
    ("16", 7): (
        "16-inherits",
        {"A": [False, True, True], "B": [True, False, True], "C": [True, True, False]},
    ),
    ("16", 8): (
        "16-deleted",
        {"A": [True, False, False], "B": [False, True, False], "C": [False, False, True]},
    ),
    ("16", 9): (
        "16-billed",
        {
            "A": "the new question",
            "B": "the new question and the last answer",
            "C": "the whole chain",
        },
    ),
}
