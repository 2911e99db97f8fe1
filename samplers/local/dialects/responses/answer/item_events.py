"""The events with which every output item begins and ends."""


def added(index: int, item: dict) -> dict:
    """The item at `index` of the output begins."""
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def done(index: int, item: dict) -> dict:
    """The item is as it will be in the response."""
    return {"type": "response.output_item.done", "output_index": index, "item": item}
