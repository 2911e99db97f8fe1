"""The stepper: its controls move the tree, its pictures follow; live, too."""

import json

import numpy as np
import pytest
from matplotlib.figure import Figure

from samplers import SamplingParams, generate, softmax
from samplers.lab import plot_tree, step_through
from samplers.lab.publish.execute import WIDGET_VIEW
from samplers.lab.stepper.view import plot_step

WORDS = ["a", " b", "c", "<end>"]
TABLE = np.array(
    [
        [1 / 8, 1 / 2, 1 / 4, 1 / 8],
        [1 / 2, 1 / 4, 1 / 8, 1 / 8],
        [3 / 4, 1 / 8, 0, 1 / 8],
        [0, 0, 0, 1],
    ]
)


def bigram(ids):
    with np.errstate(divide="ignore"):
        return np.log(TABLE[ids[-1]])


def stepper_of(seed=0, **params):
    params = SamplingParams(**params)
    return step_through(bigram, [0], params, seed, vocabulary=WORDS, stop_tokens=[3])


def force(stepper, text):
    stepper.forced.value = text
    stepper.force_button.click()


def alert(stepper):
    """The error under the picture, or ""."""
    return stepper.view.error


def caption(stepper):
    return " ".join(stepper.view.shown["caption"])


def test_chance_hand_and_force_move_one_tree():
    stepper = stepper_of()
    stepper.next_button.click()
    generation = generate(bigram, [0], SamplingParams(seed=0, max_tokens=1), vocabulary=WORDS)
    assert stepper.path == generation.tokens

    stepper.restart_button.click()
    stepper.choice.value = 2
    stepper.pick_button.click()
    force(stepper, "a b")
    assert (stepper.path, stepper.text, stepper.forced.value) == ((2, 0, 1), "ca b", "")
    np.testing.assert_allclose(stepper.tree.text_chance(), 1 / 4 * 3 / 4 * 1 / 2)
    assert "Probability of these 3 tokens: 0.094; by the model's own 0.094." in caption(stepper)


def test_back_and_branch():
    stepper = stepper_of()
    force(stepper, " bc")
    stepper.back_button.click()
    assert stepper.path == (1,)

    stepper.pick_button.click()  # the most probable stands first: a after b
    assert stepper.path == (1, 0)

    stepper.place.value = 2
    stepper.go_button.click()
    assert (stepper.path, stepper.place.value) == ((1, 2), 2)
    labels = [label for label, _ in stepper.place.options]
    assert labels == ["0: start", "1: ␣b", "2: ␣bc", "3: ␣ba"]


def walk(stepper):
    """Where two steps by chance lead, or fewer if the text ends."""
    for _ in range(2):
        stepper.next_button.click()
    return stepper.path


def test_the_seed_decides_the_draws():
    five = walk(stepper_of(seed=5))
    stepper = stepper_of(seed=1)
    assert walk(stepper) != five

    stepper.seed.value = 5
    stepper.restart_button.click()
    assert walk(stepper) == five
    # the seed of the parameters counts before the other one
    params = SamplingParams(seed=5)
    assert walk(step_through(bigram, [0], params, 1, vocabulary=WORDS, stop_tokens=[3])) == five


def test_sliders_are_the_parameters_of_every_step():
    stepper = stepper_of(top_k=4)
    force(stepper, "aa")
    stepper.top_p.value = 0.75
    assert (stepper.tree.params.top_p, stepper.tree.params.top_k) == (0.75, 4)
    np.testing.assert_allclose(stepper.step.probs, [0, 2 / 3, 1 / 3, 0])

    stepper.frequency_penalty.value = 1
    stepper.top_p.value = 1
    penalised = softmax(np.log(TABLE[0]) - np.array([2, 0, 0, 0]))
    np.testing.assert_allclose(stepper.step.probs, penalised)
    assert "The penalties count “a” 2× (−2.00)." in caption(stepper)


def test_what_was_cut_is_shown():
    stepper = stepper_of(top_p=0.75)
    assert "2 of 4 tokens can be drawn; top_p removed 2 (mass 0.250)." in caption(stepper)
    assert "a 0.125 to 0 (removed)" in stepper.view.shown["rows_alt"]
    assert ("a   × removed (model 0.125)", 0) in stepper.choice.options


def test_what_the_browser_draws_is_what_is_printed():
    stepper = stepper_of(top_p=0.75)
    for _ in range(3):
        shown = stepper.view.shown
        step = plot_step(stepper.step)
        tree = plot_tree(stepper.tree)
        assert (shown["rows_alt"], shown["tree_alt"]) == (step.alt, tree.alt)
        assert [row["before"] for row in shown["rows"]] == list(step.data["before"])
        assert [row["after"] for row in shown["rows"]] == list(step.data["after"])
        for name, values in {"label": "labels", "column": "columns", "row": "rows"}.items():
            assert tuple(box[name] for box in shown["tree"]) == tree.data[values]
        [now] = [box["label"] for box in shown["tree"] if box["now"]]
        assert now == (stepper.tree.label(stepper.path[-1]) if stepper.path else "start")
        json.dumps(shown, allow_nan=False)
        stepper.pick_button.click()


def test_the_rest_of_a_large_vocabulary_is_one_row():
    stepper = step_through(
        lambda ids: np.arange(40.0), [0], vocabulary=[f"t{i}" for i in range(40)]
    )
    rows = stepper.view.shown["rows"]
    assert [row["id"] for row in rows] == [*range(39, 29, -1), None]
    assert rows[-1]["name"] == "other 30 tokens"
    np.testing.assert_allclose(sum(row["after"] for row in rows), 1)


def test_no_picture_is_drawn_by_matplotlib_until_it_is_printed(monkeypatch):
    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda *args, **options: drawn.append(1))
    stepper = stepper_of()
    stepper.next_button.click()
    stepper.temperature.value = 0.5
    assert drawn == []


def test_parts_of_a_character_are_shown():
    tokens = ["好".encode()[:2], "好".encode()[2:], b"<"]
    stepper = step_through(lambda ids: np.zeros(3), [], vocabulary=tokens)
    stepper.pick_button.click()
    assert stepper.view.shown["text"] == "⟨e5 a5⟩"
    force(stepper, "<")
    assert stepper.view.shown["text"] == "⟨e5 a5⟩<"


def test_after_a_stop_token_it_shows_the_end_and_can_go_back():
    stepper = stepper_of()
    stepper.choice.value = 3
    stepper.pick_button.click()
    assert stepper.view.shown["ended"] == "<end>"
    assert (stepper.text, stepper.step) == ("", None)
    assert (stepper.view.shown["rows"], stepper.choice.options) == ([], ())

    for button in (stepper.next_button, stepper.pick_button):
        button.click()
        assert "the text has ended" in alert(stepper)

    stepper.back_button.click()
    assert alert(stepper) == ""
    assert stepper.choice.value == 1


def test_errors_stand_under_the_picture():
    stepper = stepper_of()
    stepper.back_button.click()
    assert "nothing to go back to" in alert(stepper)

    force(stepper, "a?")
    assert "no token fits at '?'" in alert(stepper)
    assert (stepper.path, stepper.forced.value) == ((), "a?")

    stepper.next_button.click()
    assert alert(stepper) == ""


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"engine": "gpt"}, "engine must be one of"),
        ({"vocabulary": None}, "vocabulary must be given"),
        ({"messages": [7]}, "tokens must be ids"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    arguments = {"client_or_model": bigram, "messages": [0], "vocabulary": WORDS, **wrong}
    with pytest.raises(ValueError, match=message):
        step_through(**arguments)


def test_every_control_has_a_name():
    stepper = stepper_of()
    controls = [
        stepper.next_button,
        stepper.back_button,
        stepper.pick_button,
        stepper.force_button,
        stepper.go_button,
        stepper.restart_button,
        stepper.choice,
        stepper.forced,
        stepper.place,
        stepper.seed,
        stepper.temperature,
        stepper.top_p,
    ]
    names = [control.description for control in controls]
    assert all(names)
    assert len(set(names)) == len(names)


def test_it_prints_as_one_picture():
    stepper = stepper_of()
    stepper.next_button.click()
    data, metadata = stepper._repr_mimebundle_()
    assert set(data) >= {WIDGET_VIEW, "image/png", "text/plain"}
    assert data["text/plain"] == repr(stepper_of(seed=3))

    alt = metadata["image/png"]["alt"]
    text, step, tree = map(alt.index, ("The text so far.", "The next token.", "The tree of"))
    assert text < step < tree


def test_live(client):
    stepper = step_through(client, "Say hello.", SamplingParams(temperature=0.8, top_p=0.9), seed=1)
    stepper.next_button.click()
    assert len(stepper.path) == 1

    force(stepper, " 好")  # split by this model's tokenizer
    assert stepper.text.endswith(" 好")
    assert len(stepper.path) > 2
    stepper.back_button.click()
    assert "⟨" in stepper.text

    start = stepper.tree.now
    stepper.tree.force(" hellooo")  # the longest tokens would be ␣hello and oo
    assert stepper.path[-3:] == client.tokenize(" hellooo").ids
    stepper.tree.branch(start)

    own = client.next_token("Say hello.", top="all", after=stepper.path)
    np.testing.assert_allclose(stepper.step.distribution.probs, own.probs, atol=1e-3)
    assert 0 < np.count_nonzero(stepper.step.probs) < len(own)


def test_start_again_keeps_a_large_seed():
    stepper = step_through(lambda ids: [0.0] * 50, [0], seed=2**40, vocabulary=["a"] * 50)
    first = [stepper.tree.step_by_chance().token for _ in range(20)]
    stepper.restart_button.click()
    assert stepper.seed.value == 2**40
    assert [stepper.tree.step_by_chance().token for _ in range(20)] == first
