"""What both ends of the wire know: OpenAI's strict subset of JSON Schema, a token's bytes as text,
the dated table of models.
"""
