"""What the checks of the polls' answers need besides the answers."""

from types import SimpleNamespace

from poll_answers import FRUITS
from pydantic import BaseModel

from samplers import SamplingParams
from samplers.compare import predict
from samplers.lab import FILTER_TEXTS, filter_trial
from samplers.lab.lessons.json_trial import JsonTrial, TrialAnswer

RAINY = "The best thing about rainy days is"
FRANCE = "What is the capital of France?"
FENCE = "`" * 3
PLAIN = ('{"name": "Tom"}', f'{FENCE}json\n{{"name": "Tom"}}\n{FENCE}', "def name(): ...")
WORDS = ("idiot", "kill", "hurt", "blood", "steal", "杀", "死")  # of lesson 13, section 4
IDENTIFIER = "2978748a5b4178948546114de647523634573c3eb446e6e8ad8a512f34a7e21b"  # its exercise E
SUSPECTS = {
    "A": ("temperature first", "raw"),
    "B": ("temperature last", "raw"),
    "C": ("temperature last", "processed"),
}


class Person(BaseModel):
    """As in lesson 09."""

    name: str
    age: int | None = None


def facts(client) -> dict[str, dict]:
    """{check: what it gets besides the answer}, of the local model where it is about the model."""
    rainy = client.next_token(RAINY, top="all")
    begun = client.tokenize("The capital of France is").ids
    sure = client.next_token(FRANCE, top="all", after=begun)
    france = client.next_token(FRANCE, top="all")
    params = SamplingParams(temperature=1.3, top_p=0.8)
    right = predict(france, params, "openai")
    wrong = predict(france, params, "llama.cpp")
    few = [TrialAnswer("", "", True, True, i < 6, 13) for i in range(15)]
    trial = filter_trial(lambda text: any(word in text.casefold() for word in WORDS), FILTER_TEXTS)
    return {
        **{name: {"dist": rainy} for name in ("02-gainers", "02-limits", "03-tenth")},
        **{name: {"dist": rainy} for name in ("03-hot", "03-conservative")},
        "00-mend": {"models": client.models()},
        "03-london": {"dist": sure},
        "05-spread": {"prediction": right},
        "05-excluded": {"prediction": right, "wrong": wrong},
        "05-power": {"p": [0.5, 0.5], "q": [0.52, 0.48]},
        "05-suspects": {"suspects": SimpleNamespace(reveal=lambda: SUSPECTS)},
        "05-odds": {"p": 0.17},
        "06-sixth": {"first": 31},
        "06-stop": {"whole": FRUITS},
        "07-events": {"raw": b"data: x\n\n" * 11},
        "07-clock": {"arrivals": [(0.8 + 0.1 * i, 1 + i % 2) for i in range(21)]},
        "08-cost": {"tokens": 230},
        "08-multiply": {"answered": SimpleNamespace(tool_calls=())},
        "08-failed": {"call": {"id": "call_7f3"}},
        "08-eval": {"run": lambda arguments: eval(arguments)["city"], "key": "not-a-real-key"},
        "09-loads": {"texts": PLAIN},
        "09-true": {"trial": JsonTrial({"Structured Outputs": tuple(few)})},
        "09-read": {"person": Person},
        "13-recall": {"trial": trial},
        "13-hash": {"identifier": IDENTIFIER},
        "16-where": {"client": client},
        "16-convert": {"client": client},
    }
