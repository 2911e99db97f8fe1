"""The notebook's side: pictures with alternative text, two widgets, what the lessons need.

No other part of samplers imports it.
"""

from importlib import import_module

from samplers.lab.lessons.can import can
from samplers.lab.lessons.checks import check
from samplers.lab.lessons.clock import SimulatedClock
from samplers.lab.lessons.document_cost import estimate_cost
from samplers.lab.lessons.document_filter import document_filter
from samplers.lab.lessons.document_limits import document_bucket, document_handler
from samplers.lab.lessons.document_loop import SEARCH, join_calls, react_loop
from samplers.lab.lessons.edits import edit_distance
from samplers.lab.lessons.filter_trial import FILTER_TEXTS, filter_trial
from samplers.lab.lessons.json_trial import COUPLES, HOMES, MATHS, PEOPLE, json_trial
from samplers.lab.lessons.killable import KillableEndpoint
from samplers.lab.lessons.knobs.fifty import fifty_sums
from samplers.lab.lessons.knobs.sums import SUMS, ask_sum, majority, number_in
from samplers.lab.lessons.labelled import PASSAGES, REVIEWS, ask_whether, few_shot
from samplers.lab.lessons.mask import token_mask
from samplers.lab.lessons.moving.places import places_of
from samplers.lab.lessons.moving.side_by_side import side_by_side
from samplers.lab.lessons.realtime import open_realtime
from samplers.lab.lessons.samples import SAID, SPEECH, pcm, screenshot
from samplers.lab.lessons.suspects import Suspects
from samplers.lab.plots.bars import plot_before_after, plot_distribution
from samplers.lab.plots.clock.arrivals import plot_arrivals
from samplers.lab.plots.clock.stream import plot_stream
from samplers.lab.plots.confidence import plot_calibration, plot_confidence
from samplers.lab.plots.costs.bills import plot_bills
from samplers.lab.plots.costs.prices import plot_prices
from samplers.lab.plots.curves import plot_curves, plot_nucleus, plot_sweep
from samplers.lab.plots.draws.answers import plot_answers
from samplers.lab.plots.draws.guesses import plot_guesses
from samplers.lab.plots.fit import plot_bounds, plot_fit, plot_p_values
from samplers.lab.plots.loop import plot_loop
from samplers.lab.plots.mask import plot_mask
from samplers.lab.plots.messages import plot_messages, plot_turns
from samplers.lab.plots.panels import plot_panels, plot_stages, plot_temperatures
from samplers.lab.plots.penalties import plot_penalties
from samplers.lab.plots.picture import Picture
from samplers.lab.plots.senses.cells import plot_cells
from samplers.lab.plots.senses.events import plot_events
from samplers.lab.plots.senses.words import plot_words
from samplers.lab.plots.stop import plot_stop
from samplers.lab.plots.text.plot import plot_text, plot_texts
from samplers.lab.plots.tokens import plot_repetition, plot_tokens
from samplers.lab.stepper.plot import plot_tree
from samplers.lab.stepper.tree import Tree

__all__ = [
    "COUPLES",
    "FILTER_TEXTS",
    "HOMES",
    "MATHS",
    "PASSAGES",
    "PEOPLE",
    "REVIEWS",
    "SAID",
    "SEARCH",
    "SPEECH",
    "SUMS",
    "KillableEndpoint",
    "Picture",
    "SimulatedClock",
    "Suspects",
    "Tree",
    "ask_sum",
    "ask_whether",
    "calculator",
    "can",
    "check",
    "document_bucket",
    "document_filter",
    "document_handler",
    "edit_distance",
    "estimate_cost",
    "explore",
    "few_shot",
    "fifty_sums",
    "filter_trial",
    "join_calls",
    "json_trial",
    "majority",
    "number_in",
    "open_realtime",
    "pcm",
    "places_of",
    "plot_answers",
    "plot_arrivals",
    "plot_before_after",
    "plot_bills",
    "plot_bounds",
    "plot_calibration",
    "plot_cells",
    "plot_confidence",
    "plot_curves",
    "plot_distribution",
    "plot_events",
    "plot_fit",
    "plot_guesses",
    "plot_loop",
    "plot_mask",
    "plot_messages",
    "plot_nucleus",
    "plot_p_values",
    "plot_panels",
    "plot_penalties",
    "plot_prices",
    "plot_repetition",
    "plot_stages",
    "plot_stop",
    "plot_stream",
    "plot_sweep",
    "plot_temperatures",
    "plot_text",
    "plot_texts",
    "plot_tokens",
    "plot_tree",
    "plot_turns",
    "plot_words",
    "react_loop",
    "screenshot",
    "side_by_side",
    "step_through",
    "token_mask",
]

# Imported when they are first used, because the first needs pydantic and the others ipywidgets: a
# quarter of a second, and most lessons use none of them.
_LATER = {
    "calculator": "samplers.lab.lessons.calculator",
    "explore": "samplers.lab.explorer.explore",
    "step_through": "samplers.lab.stepper.widget",
}


def __getattr__(name: str):
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
