"""What both ends of the wire know: OpenAI's strict subset of JSON Schema, and a token's bytes as
text.
"""
