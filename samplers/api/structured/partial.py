"""JSON that is still being written."""


def partial_json(text: str):
    """What is known of `text`, the beginning of a JSON value: strings and numbers as far as they
    go.

    ``partial_json('{"city": "Par')`` is ``{"city": "Par"}``. The last number may still grow: 12 may
    become 123. None where nothing is known yet, or the text is no JSON. The parser is jiter,
    pydantic's own.
    """
    from jiter import from_json  # here: most programs never need it

    try:
        return from_json(text.encode("utf-8", "replace"), partial_mode="trailing-strings")
    except ValueError:
        return None
