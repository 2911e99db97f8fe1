"""The stepper: generate one token at a time, by chance, by hand or forced; go back, branch, and see
the tree.

As in the explorer, callbacks write pictures as HTML <img> with alternative text, and the whole is
an image/png too.
"""

import base64
import html
from collections.abc import Callable, Collection, Sequence

import ipywidgets as widgets

from samplers.chain import Chain
from samplers.lab.explorer.widget import SLIDERS
from samplers.lab.plots.picture import Picture
from samplers.lab.plots.tokens import plot_tokens
from samplers.lab.stepper.plot import plot_tree
from samplers.lab.stepper.tree import Tree
from samplers.lab.stepper.view import choices, image_tag, places, plot_step, stack, summary
from samplers.params import SamplingParams

MOVED = ("temperature", "top_p", "frequency_penalty", "presence_penalty")


class Stepper:
    """What `step_through` returns. Use `stepper.next_button.click()` and read `stepper.text`, as a
    hand would.

    Widgets: next_button, back_button; choice and pick_button; forced and force_button; place and
    go_button; temperature, top_p, frequency_penalty, presence_penalty; seed and restart_button;
    text_view, image, tree_image, caption. Values: `tree` (a Tree), `text`, `path` (ids), `step` (a
    Step; None after a stop token), `png`, `alt`.
    """

    def __init__(self, tree: Tree):
        self.tree, self._quiet = tree, False
        self._make_widgets()
        self.redraw()

    def _make_widgets(self) -> None:
        look = {"style": {"description_width": "9.5em"}, "layout": {"width": "27em"}}
        for name in MOVED:
            low, high, step = SLIDERS[name]
            value = getattr(self.tree.params, name)
            slider = widgets.FloatSlider(
                value,
                min=low,
                max=high,
                step=step,
                description=name,
                continuous_update=False,
                **look,
            )
            slider.observe(self._moved, "value")
            setattr(self, name, slider)
        self.next_button = self._button("Next by chance", lambda: self.tree.step_by_chance())
        self.back_button = self._button("Back", lambda: self.tree.back())
        look = {"style": {"description_width": "4em"}, "layout": {"width": "25em"}}
        # JupyterLab takes a closed one's arrow keys for itself
        menu = {**look, "tooltip": "Space opens the list"}
        self.choice = widgets.Dropdown(description="token", **menu)
        self.pick_button = self._button("Pick it", self._pick)
        self.forced = widgets.Text(
            description="text", placeholder="begin it with a space, if need be", **look
        )
        self.force_button = self._button("Force it", self._force)
        self.place = widgets.Dropdown(description="visited", **menu)
        self.go_button = self._button("Go there", lambda: self.tree.branch(self.place.value))
        self.seed = widgets.BoundedIntText(
            self.tree.params.seed or 0, min=0, max=2**31 - 1, description="seed", **look
        )
        self.restart_button = self._button(
            "Start again", lambda: self.tree.restart(self.seed.value)
        )
        self.text_view, self.caption = widgets.HTML(), widgets.HTML()
        self.image, self.tree_image = widgets.HTML(), widgets.HTML()
        beside = [(self.choice, self.pick_button), (self.forced, self.force_button), (self.place, self.go_button),
                  (self.seed, self.restart_button)]  # fmt: skip
        rows = [
            widgets.HBox([self.next_button, self.back_button]),
            *(widgets.HBox(pair) for pair in beside),
        ]
        columns = [widgets.VBox(rows), widgets.VBox([getattr(self, name) for name in MOVED])]
        controls = widgets.HBox(columns, layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox(
            [controls, self.text_view, self.image, self.caption, self.tree_image]
        )

    def _button(self, name: str, action: Callable[[], object]) -> widgets.Button:
        button = widgets.Button(description=name, layout={"width": "9.5em"})
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
        """Ask the model where that is needed, and write the text, both pictures and the caption."""
        tree = self.tree
        self.step = None if tree.ended() else tree.at()
        self._step_picture = None if self.step is None else plot_step(self.step)
        self._tree_picture = plot_tree(tree)
        self.text_view.value = self._say_text()
        self.image.value = image_tag(self._step_picture) if self._step_picture else ""
        self.tree_image.value = image_tag(self._tree_picture)
        self.choice.options = choices(tree, self.step) if self.step else []
        self.choice.index = 0 if self.step else None
        self.place.options = places(tree)
        self.place.value = tree.now.number
        self.caption.value = "<br>".join(map(html.escape, summary(tree, self.step)))

    def _say_text(self) -> str:
        text = f'<span style="white-space: pre-wrap; background: #dcebf5; color: #1a1a1a">{html.escape(self.text)}</span>'
        if self.tree.ended():
            text += (
                f" <i>ended by {html.escape(self.tree.label(self.path[-1]))}: go back or branch</i>"
            )
        return (
            f'<div role="status">Text so far: {text if self.path else "<i>nothing yet</i>"}</div>'
        )

    def _act(self, action: Callable[[], object]) -> None:
        """Run a button's action and redraw; what goes wrong stands under the picture: a notebook
        hides it.
        """
        self.caption.value = "Asking the model …"
        try:
            action()
            self.redraw()
        except Exception as error:
            self.caption.value = (
                f'<b role="alert" style="color:#b34700">Error: {html.escape(str(error))}</b>'
            )
            raise

    def _moved(self, change) -> None:
        self._act(self._take_params)

    def _take_params(self) -> None:
        self.tree.params = self.tree.params.replace(
            **{name: getattr(self, name).value for name in MOVED}
        )

    def _pick(self) -> None:
        if self.choice.value is None:
            raise ValueError("the text has ended: go back or branch")
        self.tree.pick(self.choice.value)

    def _force(self) -> None:
        self.tree.force(self.forced.value)
        self.forced.value = ""

    def _whole(self) -> Picture:
        labels = [self.tree.label(token) for token in self.path]
        pictures = [plot_tokens(labels, title="The text so far")] if labels else []
        pictures += [p for p in (self._step_picture, self._tree_picture) if p is not None]
        return stack(pictures, repr(self))

    @property
    def png(self) -> bytes:
        """All of it as one picture: the text's tokens, the step, the tree."""
        return self._whole().png

    @property
    def alt(self) -> str:
        """Its alternative text."""
        return self._whole().alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = self.box._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        whole = self._whole()
        data = {
            **data,
            "image/png": base64.b64encode(whole.png).decode("ascii"),
            "text/plain": repr(self),
        }
        return data, {"image/png": {"alt": whole.alt, "width": whole.width}}

    def __repr__(self) -> str:
        return "<Stepper: the next token by chance, by hand or forced; back, branch; the tree of continuations>"


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
    """Generate token by token: with a client's model after `messages`, or with any model(ids) ->
    logits (V,).

    A model comes with its `vocabulary` (and `stop_tokens`) as in `generate`, and `messages` is its
    prompt's ids; what `client.as_model` made knows all of them. `seed` is chance's, unless
    `params.seed` is set. `engine` names the chain's preset. Show it as a cell's last expression.
    ValueError for what is out of range.
    """
    params = params or SamplingParams()
    params = params.replace(seed=seed) if params.seed is None else params
    model, tokenize = client_or_model, None
    if hasattr(model, "as_model"):
        client, model = model, model.as_model(messages)
        tokenize = lambda text: client.tokenize(text).ids  # noqa: E731
    if hasattr(model, "vocabulary"):
        messages, vocabulary, stop_tokens = model.prompt, model.vocabulary, model.stop_tokens
    elif vocabulary is None:
        raise ValueError(
            "vocabulary must be given for a model that has none: the text or the bytes of each id, got None"
        )
    chain = Chain.for_engine(engine)
    return Stepper(
        Tree(
            model,
            messages,
            params,
            vocabulary=vocabulary,
            stop_tokens=stop_tokens,
            chain=chain,
            tokenize=tokenize,
        )
    )
