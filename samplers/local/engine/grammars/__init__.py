"""Grammars that answers keep to: made of schemas, tried in a child, enforced by the engine."""
