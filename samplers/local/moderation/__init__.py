"""POST /v1/moderations: a list of words in the place of OpenAI's model, which is not here."""
