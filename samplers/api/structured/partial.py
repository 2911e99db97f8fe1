"""JSON that is still being written."""


def partial_json(text: str):
    """The value of `text`, the beginning of a JSON document, as far as it is known.

    ``partial_json('{"city": "Par')`` is ``{"city": "Par"}``. The last number may still grow: 12 can
    become 123. None if nothing is known yet, or if the text is not JSON. The parser is jiter, which
    pydantic uses too.
    """
    from jiter import from_json  # here, for a fast start: most programs never need it

    try:
        data = text.encode("utf-8", "replace")
        return from_json(data, partial_mode="trailing-strings", allow_inf_nan=False)
    except ValueError:
        return None
