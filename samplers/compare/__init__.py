"""Predicted against observed: predictions, draws, tests of fit, and which engine answers."""

from samplers.compare.design import Experiment, design_experiment
from samplers.compare.fit import Fit, goodness_of_fit
from samplers.compare.hypotheses import Hypothesis, all_hypotheses
from samplers.compare.identification import Identification
from samplers.compare.identify import identify
from samplers.compare.observe import Counts, observe
from samplers.compare.predict import predict
from samplers.compare.prediction import Prediction
from samplers.compare.rules import Rules

__all__ = [
    "Counts",
    "Experiment",
    "Fit",
    "Hypothesis",
    "Identification",
    "Prediction",
    "Rules",
    "all_hypotheses",
    "design_experiment",
    "goodness_of_fit",
    "identify",
    "observe",
    "predict",
]
