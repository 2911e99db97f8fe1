"""Predicted against observed: bounds, goodness of fit, which engine this is, and what to ask next."""

from samplers.compare.predict import predict
from samplers.compare.prediction import Prediction
from samplers.compare.rules import Rules

__all__ = ["Prediction", "Rules", "predict"]
