"""The notebook's side: pictures with alternative text, the explorer widget, exercise checks. Nothing imports it."""

from samplers.lab.bars import plot_before_after, plot_distribution
from samplers.lab.picture import Picture

__all__ = ["Picture", "plot_before_after", "plot_distribution"]
