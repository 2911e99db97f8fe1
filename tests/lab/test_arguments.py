"""samplers.lab's public functions: a wrong argument is a ValueError that names its parameter."""

import numpy as np
import pytest

from samplers import Chain, Distribution, SamplingParams, temperature
from samplers import lab as public
from samplers.api import Score, Usage
from samplers.compare import predict

NAN = float("nan")
INF = float("inf")
FIVE = Distribution.from_probs({"a": 0.5, "b": 0.25, "c": 0.25})
LOGITS = FIVE.logprobs
PREDICTION = predict(FIVE, SamplingParams(), "openai")
SCORE = Score(("a",), (-0.5,), ((0.4, 0.6),), ((("a", 0.6),),), (b"a",))
MESSAGES = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}]
STAGES = Chain("openai").trace(LOGITS, SamplingParams())


def model(ids):
    return [1.0, 2.0, 3.0]


class Silent:
    def chat(self, *args, **kwargs):
        raise AssertionError("it was asked")


GOOD = {
    "places_of": {"things": {"a": 1}, "bodies": {"A": {"x": 1}}},
    "side_by_side": {"bodies": {"A": {"x": 1}}},
    "plot_confidence": {"groups": {"a": [0.1, 0.2]}},
    "ask_sum": {"a": 3, "b": 4, "examples": True},
    "fifty_sums": {"ways": ["greedy"], "form": "alone"},
    "majority": {"numbers": [1, None, 1]},
    "number_in": {"text": "3 + 4 = 7"},
    "plot_guesses": {"right": {"3 + 4": 7}, "guesses": {"greedy": [7], "draw": [None]}},
    "plot_answers": {"answers": {"a": ["x", "y"]}, "top": 2},
    "plot_before_after": {"dist": FIVE, "after": LOGITS, "top": 2, "names_of": ("x", "y")},
    "plot_bounds": {"prediction": PREDICTION, "truth": PREDICTION, "top": 2},
    "plot_calibration": {"confidence": [0.1, 0.2, 0.3, 0.4], "right": [True, False, True, True]},
    "plot_curves": {
        "x": [1, 2, 3],
        "panels": {"y": {"c": [1, 2, 3]}},
        "xlabel": "x",
        "mark": [2],
        "log": ["y"],
    },
    "plot_distribution": {"dist": FIVE, "top": 2},
    "plot_fit": {"prediction": PREDICTION, "counts": {b"a": 3}, "top": 2},
    "plot_loop": {},
    "plot_mask": {},
    "plot_messages": {
        "messages": MESSAGES,
        "tokens": [3, 4],
        "budget": 10,
        "kept": MESSAGES,
        "opening": 2,
    },
    "plot_nucleus": {"dist": FIVE, "p": [0.5, 0.9]},
    "plot_p_values": {"panels": {"a": [0.1, 0.5]}},
    "plot_panels": {"dist": FIVE, "panels": {"a": LOGITS}, "top": 2},
    "plot_penalties": {"tokens": ["a", "b"], "frequency": 0.5, "presence": 0.5, "watch": 2},
    "plot_repetition": {"texts": {"n": ["a", "b"]}},
    "plot_stages": {"dist": FIVE, "stages": STAGES, "top": 2},
    "plot_stop": {"tokens": [b"ab", b"cd"], "stop": "b"},
    "plot_stream": {"arrivals": [(0.1, b"data: [DONE]\n\n")], "whole": 1.0},
    "plot_sweep": {
        "dist": FIVE,
        "transform": temperature,
        "values": [0.5, 1],
        "mark": [1],
        "tokens": 2,
        "xlabel": "t",
    },
    "plot_temperatures": {"dist": FIVE, "temperatures": (0, 1), "top": 2},
    "plot_text": {"score": SCORE, "by": "entropy"},
    "plot_texts": {"scores": {"n": SCORE}, "by": "entropy"},
    "plot_tokens": {"tokens": ["a", "b"], "ids": [1, 2], "bytes": [b"a", b"b"]},
    "plot_tree": {"tree": public.Tree(model, [0], vocabulary="abc")},
    "plot_turns": {"usages": [Usage(1, 2, 3)]},
    "explore": {"source": FIVE, "top": 2, "engine": "vllm", "so_far": "a"},
    "step_through": {
        "client_or_model": model,
        "messages": [0],
        "params": SamplingParams(),
        "seed": 0,
        "vocabulary": ["a", "b", "c"],
        "stop_tokens": [2],
        "engine": "vllm",
    },
    "Tree": {"model": model, "prompt": [0], "vocabulary": "abc", "stop_tokens": {2}},
    "few_shot": {"text": "x"},
    "ask_whether": {"text": "x", "question": "y"},
    "screenshot": {"design": 1},
    "token_mask": {},
    "document_filter": {"contains_unsafe_content": len, "is_empty_content": len},
    "filter_trial": {"is_unsafe": len, "texts": [("a", True)]},
    "json_trial": {"client": Silent(), "question": "{}?", "about": [("a", {})], "model": dict},
    "check": {"name": "02-gainers", "answer": ...},
}
# tested apart
UNCHECKED = {"join_calls", "react_loop", "calculator", "can", "Picture", "Suspects"}
UNCHECKED |= {"SimulatedClock", "document_bucket", "document_handler", "plot_arrivals"}
UNCHECKED |= {"KillableEndpoint", "estimate_cost", "plot_bills", "plot_prices"}
UNCHECKED |= {"edit_distance", "open_realtime", "pcm", "plot_cells", "plot_events", "plot_words"}

DISTRIBUTIONS = [None, 1, "a", {"a": 1.0}, [0.5, 0.5], LOGITS, PREDICTION]
COUNTS = [0, -1, 1.5, NAN, INF, True, None, "3", [3]]
ARRAYS = [None, 1, "abc", ["a", "b", "c"], [None] * 3, [1j] * 3, {0: 1}, [[1, 2], [1]]]
ARRAYS += [np.ma.array([1, 2, 3], mask=[1, 0, 0])]
WRONG = {
    "things": [None, 1, "a", [1], {}, {1: 2}],
    "bodies": [None, 1, "a", [1], {}, {1: {}}],
    "dist": DISTRIBUTIONS,
    "prediction": DISTRIBUTIONS[:-1],
    "truth": DISTRIBUTIONS[:-1],
    "top": COUNTS,
    "title": [1, 0.5, ["t"], b"t"],
    "after": [*ARRAYS, [1, 2], [[1, 2, 3]]],
    "names_of": [None, "xy", ("x",), ("x", 2), ("x", "y", "z")],
    "confidence": [None, 0.5, "a", [0.1, 0.2], [0.1, NAN, 0.2, 0.3], [1.5] * 4, [[0.1] * 4]],
    "right": [None, True, "a", [True], ["a"] * 4],
    "x": [*ARRAYS, [], [1, 2, NAN], [1, 2], [3, 2, 1], [[1, 2, 3]]],
    "xlabel": [None, 1, []],
    "mark": [None, 1, "a", [NAN], ["a"], [[1]]],
    "score": [None, 1, "a text", [], ["a"], {"n": SCORE}, np.array([0.5])],
    "scores": [None, 1, SCORE, [SCORE], {}, {"n": "a text"}, {1: SCORE}, {"n": []}],
    "by": [None, 1, "doubt", ["entropy"]],
    "counts": [None, 5, "a", [b"a"], {}, {b"a": -1}, {b"a": 0.5}, {"z": 1}, {1: 1}, {b"a": NAN}],
    "run": [None, "run", [], {}],
    "steps": [None, 1, [], "a", [1]],
    "messages": [
        *(None, "hi", [1], {"role": "user"}, [{}, {}]),
        [{"role": 1, "content": ""}] * 2,
        [{"role": "user", "content": 1}] * 2,
        [{"role": "user", "content": ["a part"]}] * 2,
        [{"role": "assistant", "tool_calls": 1}] * 2,
        [{"role": "assistant", "tool_calls": [{"id": "x"}]}] * 2,
        [{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}] * 2,
    ],
    "budget": [-1, 1.5, None, "3", NAN, INF, True],
    "opening": [-1, 1.5, None, "3", NAN, True],
    "kept": [1, "hi", [1], [{"role": "user", "content": "other"}]],
    "p": [None, 0.9, "0.9", [NAN], [-0.1], [1.1], ["a"], [None], {0.5}, [[0.5]]],
    "frequency": [None, "1", NAN, INF, True, [1]],
    "presence": [None, "1", NAN, INF, True, [1]],
    "watch": [0, -1, 1.5, None, True, [], [1]],
    "stages": [None, 1, [], "ab", [1], [("a", "b")], [("a", [1, 2])], [("a", LOGITS, 1)], {}],
    "stop": [None, 1, b"b", "", "zz"],
    "arrivals": [None, 1, "ab", [1], [(0.1, "text")], [(-1, b"")], [(NAN, b"")], []],
    "whole": [-1, NAN, INF, "1", True],
    "transform": [None, 1, "temperature", lambda logits, t: [1], lambda logits, t: "abc"],
    "values": [None, 1, "ab", [], [NAN], ["a"]],
    "temperatures": [None, 1, "ab", [], [-1], [NAN], ["a"]],
    "ids": [1, "ab", [1], [0.5, 1], ["a", "b"]],
    "bytes": [1, b"ab", [b"a"], ["a", "b"]],
    "tree": [None, 1, model],
    "usages": [None, 1, [], [1], Usage(1, 2, 3)],
    "engine": [None, 1, "gpt", Chain("vllm")],
    "so_far": [None, 1, [1]],
    "client_or_model": [None, 1, "model"],
    "params": [1, {}, "greedy"],
    "seed": [-1, 0.5, True, "1", NAN],
    "vocabulary": [None, 1, [], [1, 2], {0: "a"}],
    "stop_tokens": [None, 1, "a", [3], [-1], ["a"]],
    "model": [None, 1, "model"],
    "prompt": [None, 1, "a", [3], [0.5], {0}],
    "text": [None, 1],
    "raw": [None, 1, "answer"],
    "processed": [None],
    "client": [None, "http://localhost"],
    "question": [None, 1, "no place for the text"],
    "about": [None, 1, "ab", [], ["ab"], [("a", 1)]],
    "name": [None, 1, ["02"], "99-none"],
    "answers": [None, [], {}, "ab", {"a": "b"}, {"a": []}, {"a": [1]}, {1: ["a"]}],
    "log": [None, 1, ["z"], [1]],
    ("plot_curves", "panels"): [None, [], {}, {"y": {}}, {"y": [1]}, {"y": {"c": "a"}}, {1: {}}],
    ("plot_panels", "panels"): [None, [], {}, {"a": "b"}, {"a": [1, 2]}, {1: LOGITS}],
    ("plot_p_values", "panels"): [None, [], {}, {"a": []}, {"a": [NAN]}, {"a": [2]}, {"a": "b"}],
    ("plot_repetition", "texts"): [None, [], "ab", {"n": "ab"}, {"n": [1]}, {1: ["a"]}],
    ("step_through", "messages"): [None, "hi", 1, [3], {"role": "user"}, [0.5]],
    ("plot_sweep", "tokens"): COUNTS,
    ("plot_messages", "tokens"): [None, 1, [3], ["a", "b"], [-1, 2], [0.5, 1]],
    ("plot_penalties", "tokens"): [None, 1, [], "ab", [1]],
    ("plot_stop", "tokens"): [None, b"ab", [], ["ab"], [1]],
    ("plot_tokens", "tokens"): [None, 1, "ab", [1], {"a"}],
    "design": [0, 3, -1, 1.5, None, "1", True],
    "is_unsafe": [None, 1, "kill"],
    "contains_unsafe_content": [None, 1, "kill"],
    "is_empty_content": [None, 1, ""],
    ("filter_trial", "texts"): [None, "ab", [], ["a"], [("a", 1)], [(1, True)]],
    ("plot_confidence", "groups"): [None, {}, {"a": []}, {"a": [2.0]}, [0.5]],
    ("ask_whether", "question"): [None, 1],
    ("json_trial", "model"): [None, 1, "model"],
    "a": [None, 0.5, "3", True],
    "b": [None, 0.5, "3", True],
    "examples": [None, 1, "yes"],
    "ways": [1, "greedy", ["gredy"], [1], []],
    "form": [1, "", "loudly"],
    "numbers": [None, 1, "12", [0.5], ["1"]],
    ("plot_guesses", "right"): [None, [], {}, {"a": "7"}, {"a": None}, {1: 7}],
    "guesses": [None, [], {}, {"a": 7}, {"a": []}, {"a": [7, 8]}, {"a": ["7"]}, {1: [7]}],
}
# what another parameter's error may say of them
OTHERS = {
    "x": "x|panels",
    "kept": "kept|messages",
    "messages": "messages|prompt",
    "name": "name|exercise|check",
}


def cases(function):
    for parameter in [*GOOD[function], *(["title"] if function.startswith("plot") else [])]:
        for value in WRONG.get((function, parameter), WRONG.get(parameter, [])):
            yield parameter, value


def test_every_public_function_is_tried():
    assert set(GOOD) | UNCHECKED == {n for n in public.__all__ if callable(getattr(public, n))}


@pytest.mark.parametrize("function", [name for name, arguments in GOOD.items() if arguments])
def test_the_error_names_the_parameter(function):
    call = getattr(public, function)
    for parameter, value in cases(function):
        if function == "plot_tree" and parameter == "title":
            continue
        words = OTHERS.get(parameter, parameter)
        with pytest.raises(ValueError, match=words) as error:
            call(**{**GOOD[function], parameter: value})
        assert type(error.value) is ValueError, (parameter, value)


@pytest.mark.parametrize(
    ("function", "parameter"),
    [("plot_loop", "run"), ("plot_mask", "steps"), ("token_mask", "raw")],
)
def test_those_that_take_what_an_endpoint_gave(function, parameter):
    others = {"processed": None} if function == "token_mask" else {}
    for value in WRONG[parameter]:
        with pytest.raises(ValueError, match=f"^{parameter} must"):
            getattr(public, function)(**{parameter: value}, **others)


def test_one_level_of_a_nucleus():
    words = r"p must be a sequence, each a number in \[0, 1\], got 0.9"
    with pytest.raises(ValueError, match=words):
        public.plot_nucleus(FIVE, 0.9)
    assert public.plot_nucleus(FIVE, np.array([0.9])).data["sizes"].tolist() == [3]


def test_a_picture_takes_numpys_numbers_and_arrays():
    assert public.plot_distribution(FIVE, np.int64(2)).data["tokens"] == ("a", "b")
    assert len(public.plot_temperatures(FIVE, np.linspace(0.5, 1, 2)).data["names"]) == 2
    assert public.plot_fit(PREDICTION, {"a": 3, b"b": np.int64(1)}).data["draws"] == 4
    sweep = public.plot_sweep(FIVE, temperature, np.linspace(0.5, 1, 3), (0.7,))
    assert sweep.data["x"].tolist() == [0.5, 0.7, 0.75, 1]


def test_a_tree_takes_no_negative_seed():
    with pytest.raises(ValueError, match="seed must be an integer >= 0, got -5"):
        public.Tree(model, [0], SamplingParams(seed=-5), vocabulary="abc")
    tree = public.Tree(model, [0], SamplingParams(seed=5), vocabulary="abc")
    for seed in (-1, 0.5, True):
        with pytest.raises(ValueError, match="seed must be an integer"):
            tree.restart(seed)
    with pytest.raises(ValueError, match="params must be a SamplingParams"):
        tree.params = {"temperature": 1}


def test_a_missing_argument_is_pythons_own_error():
    with pytest.raises(TypeError, match=r"plot_distribution\(\) .*dist"):
        public.plot_distribution()
    with pytest.raises(TypeError, match=r"plot_distribution\(\) .*tpo"):
        public.plot_distribution(FIVE, tpo=3)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_are_named(value):
    with pytest.raises(ValueError, match="after must be finite or -inf"):
        public.plot_before_after(FIVE, [value, 0, 0])
