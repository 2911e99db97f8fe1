"""The stepper: generate one token at a time, by chance, by hand or forced; go back and branch."""

from collections.abc import Callable, Collection, Sequence

import ipywidgets

from samplers.chain import Chain
from samplers.checks import instance, shown
from samplers.lab.plots.picture import Picture
from samplers.lab.plots.tokens import plot_tokens
from samplers.lab.stepper.browser import BrowserSide
from samplers.lab.stepper.plot import plot_tree
from samplers.lab.stepper.tree import Tree
from samplers.lab.stepper.view import choices, places, plot_step, shown_of, stack
from samplers.lab.widgets import mime_bundle, slider
from samplers.params import SamplingParams

PARAMETERS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")  # with a slider
INPUT = {"style": {"description_width": "4em"}, "layout": {"width": "25em", "max_width": "98%"}}
ROW = {"flex_flow": "row wrap"}


class Stepper:
    """What `step_through` returns.

    Code can use it as a person does: call `stepper.next_button.click()`, read `stepper.text`.

    Widgets: next_button, back_button; choice and pick_button; forced and force_button; place and
    go_button; temperature, top_p, frequency_penalty, presence_penalty; seed and restart_button;
    view, which draws in the browser. Values: `tree` (a Tree), `text`, `path` (ids), `step` (a
    Step; None after a stop token), `png`, `alt`.
    """

    def __init__(self, tree: Tree):
        self.tree = tree
        self._make_widgets()
        self.redraw()

    def _make_widgets(self) -> None:
        self._make_sliders()
        self._make_inputs()
        self._make_buttons()
        self.view = BrowserSide()

        rows = [
            (self.next_button, self.back_button),
            (self.choice, self.pick_button),
            (self.forced, self.force_button),
            (self.place, self.go_button),
            (self.seed, self.restart_button),
        ]
        left = ipywidgets.VBox([ipywidgets.HBox(row, layout=ROW) for row in rows])
        right = ipywidgets.VBox([getattr(self, name) for name in PARAMETERS])
        controls = ipywidgets.HBox([left, right], layout=ROW)
        self.box = ipywidgets.VBox([controls, self.view])
        self.box.add_class("samplers-stepper")  # controls.js knows it

    def _make_sliders(self) -> None:
        for name in PARAMETERS:
            value = getattr(self.tree.params, name)
            parameter = slider(name, value, continuous_update=False)
            parameter.observe(self._on_parameter, "value")
            setattr(self, name, parameter)

    def _make_inputs(self) -> None:
        self.choice = ipywidgets.Dropdown(description="token", **INPUT)
        self.place = ipywidgets.Dropdown(description="visited", **INPUT)

        placeholder = "begin it with a space, if need be"
        self.forced = ipywidgets.Text(description="text", placeholder=placeholder, **INPUT)
        seed = self.tree.params.seed or 0
        self.seed = ipywidgets.BoundedIntText(
            seed, min=0, max=max(seed, 2**31 - 1), description="seed", **INPUT
        )

    def _make_buttons(self) -> None:
        self.next_button = self._button("Next by chance", self.tree.step_by_chance)
        self.back_button = self._button("Back", self.tree.back)
        self.pick_button = self._button("Pick it", self._pick)
        self.force_button = self._button("Force it", self._force)
        self.go_button = self._button("Go there", self._go)
        self.restart_button = self._button("Start again", self._restart)

    def _button(self, name: str, action: Callable[[], object]) -> ipywidgets.Button:
        button = ipywidgets.Button(description=name, layout={"width": "9.5em"})
        button.on_click(lambda _: self._act(action))
        return button

    @property
    def text(self) -> str:
        """The text so far."""
        return self.tree.text

    @property
    def path(self) -> tuple[int, ...]:
        """The ids of its tokens."""
        return self.tree.path

    def redraw(self) -> None:
        """Call the model if that is needed, and show what is known now."""
        tree = self.tree
        self.step = None if tree.ended() else tree.current_step()
        self.view.shown = shown_of(tree, self.step)

        self.choice.options = choices(tree, self.step) if self.step else []
        self.choice.index = 0 if self.step else None
        self.place.options = places(tree)
        self.place.value = tree.now.number

    def _act(self, action: Callable[[], object]) -> None:
        """Run an action, then redraw. A notebook hides errors of callbacks: it is shown, too."""
        self.view.error = ""
        self.view.asking = True
        try:
            action()
            self.redraw()
        except Exception as error:
            self.view.error = f"Error: {error}"
            raise
        finally:
            self.view.asking = False

    def _on_parameter(self, change) -> None:
        self._act(self._take_parameters)

    def _take_parameters(self) -> None:
        values = {name: getattr(self, name).value for name in PARAMETERS}
        self.tree.params = self.tree.params.replace(**values)

    def _pick(self) -> None:
        if self.choice.value is None:
            raise ValueError("the text has ended: go back or branch")
        self.tree.pick(self.choice.value)

    def _force(self) -> None:
        self.tree.force(self.forced.value)
        self.forced.value = ""

    def _go(self) -> None:
        self.tree.branch(self.place.value)

    def _restart(self) -> None:
        self.tree.restart(self.seed.value)

    def _picture(self) -> Picture:
        """All of it as one picture: the text's tokens, the step, the tree."""
        pictures = []
        if self.path:
            labels = [self.tree.label(token) for token in self.path]
            pictures.append(plot_tokens(labels, title="The text so far"))
        if self.step is not None:
            pictures.append(plot_step(self.step))
        return stack([*pictures, plot_tree(self.tree)], repr(self))

    @property
    def png(self) -> bytes:
        """The text's tokens, the step and the tree as one picture."""
        return self._picture().png

    @property
    def alt(self) -> str:
        """The alternative text of that picture."""
        return self._picture().alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        return mime_bundle(self.box, self._picture())

    def __repr__(self) -> str:
        return (
            "<Stepper: the next token by chance, by hand or forced; "
            "back, branch; the tree of continuations>"
        )


def step_through(
    client_or_model,
    messages: str | Sequence = (),
    params: SamplingParams | None = None,
    seed: int = 0,
    *,
    vocabulary: Sequence[str | bytes] | None = None,
    stop_tokens: Collection[int] = (),
    engine: str = "openai",
) -> Stepper:
    """Generate token by token, after `messages` with a client's model, or with any other model.

    Show it as a cell's last expression. Another model is a function of ids that returns logits
    (V,): give its `vocabulary` (and `stop_tokens`) as for `generate`, and its prompt's ids as
    `messages`. What `client.as_model` returns needs none of them. `seed` is for the draws, unless
    `params.seed` is set. `engine` names the preset of the Chain. ValueError for what is out of
    range.
    """
    params = SamplingParams() if params is None else params
    instance(params, "params", SamplingParams, "a SamplingParams")
    if not callable(client_or_model) and not hasattr(client_or_model, "as_model"):
        words = "a Client, or a function of ids"
        raise ValueError(f"client_or_model must be {words}, got {shown(client_or_model)}")
    if params.seed is None:
        params = params.replace(seed=seed)

    model = client_or_model
    tokenize = None
    if hasattr(client_or_model, "as_model"):
        model = client_or_model.as_model(messages)

        def tokenize(text: str) -> Sequence[int]:
            return client_or_model.tokenize(text).ids

    if hasattr(model, "vocabulary"):
        messages = model.prompt
        vocabulary = model.vocabulary
        stop_tokens = model.stop_tokens
    elif vocabulary is None:
        raise ValueError(
            "vocabulary must be given for a model that has none: "
            "the text or the bytes of each id, got None"
        )

    tree = Tree(
        model,
        messages,
        params,
        vocabulary=vocabulary,
        stop_tokens=stop_tokens,
        chain=Chain.for_engine(engine),
        tokenize=tokenize,
    )
    return Stepper(tree)
