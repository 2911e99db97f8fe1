"""The notebook's side: pictures with alternative text, the explorer widget, exercise checks. Nothing imports it."""

from samplers.api.calculator import calculator
from samplers.lab.bars import plot_before_after, plot_distribution
from samplers.lab.checks import check
from samplers.lab.compare_plot import plot_bounds, plot_fit, plot_p_values
from samplers.lab.confidence_plot import plot_calibration, plot_doubt
from samplers.lab.curves import plot_curves, plot_nucleus, plot_sweep
from samplers.lab.document_loop import SEARCH, react_loop
from samplers.lab.explorer import explore
from samplers.lab.json_trial import PEOPLE, json_trial
from samplers.lab.loop_plot import plot_loop
from samplers.lab.mask import token_mask
from samplers.lab.mask_plot import plot_mask
from samplers.lab.message_plot import plot_messages
from samplers.lab.panels import plot_panels, plot_stages, plot_temperatures
from samplers.lab.penalty_plot import plot_penalties
from samplers.lab.picture import Picture
from samplers.lab.reviews import REVIEWS, few_shot
from samplers.lab.stepper import step_through
from samplers.lab.steps import plot_repetition, plot_tokens
from samplers.lab.stop_plot import plot_stop
from samplers.lab.stream_plot import plot_stream
from samplers.lab.suspects import Suspects
from samplers.lab.tree import Tree
from samplers.lab.tree_plot import plot_tree
from samplers.lab.turns_plot import plot_turns

__all__ = [
    "PEOPLE",
    "REVIEWS",
    "SEARCH",
    "Picture",
    "Suspects",
    "Tree",
    "calculator",
    "check",
    "explore",
    "few_shot",
    "json_trial",
    "plot_before_after",
    "plot_bounds",
    "plot_calibration",
    "plot_curves",
    "plot_distribution",
    "plot_doubt",
    "plot_fit",
    "plot_loop",
    "plot_mask",
    "plot_messages",
    "plot_nucleus",
    "plot_p_values",
    "plot_panels",
    "plot_penalties",
    "plot_repetition",
    "plot_stages",
    "plot_stop",
    "plot_stream",
    "plot_sweep",
    "plot_temperatures",
    "plot_tokens",
    "plot_tree",
    "plot_turns",
    "react_loop",
    "step_through",
    "token_mask",
]
