"""The explorer: sliders over a distribution, and its picture."""
