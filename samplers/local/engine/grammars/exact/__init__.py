"""Grammars for integers that float64 does not hold, which llguidance alone would get wrong."""
