"""A widget in the browser: what its accessibility tree says, and a slider that the mouse drags."""

from typing import NamedTuple

THUMB = 16  # pixels, of Chromium's native slider


class Part(NamedTuple):
    """One node of Chromium's accessibility tree, as a screen reader gets it."""

    role: str
    name: str
    value: str
    live: str  # "polite" or "assertive" if a change is said, or ""


def parts(locator) -> list[Part]:
    """The nodes below an element of the page, those that are hidden left out."""
    page = locator.page
    session = page.context.new_cdp_session(page)
    try:
        # the protocol knows an element by its own handle only
        locator.evaluate("(it) => { window.asked = it; }")
        found = session.send("Runtime.evaluate", {"expression": "window.asked"})["result"]
        nodes = session.send("Accessibility.queryAXTree", {"objectId": found["objectId"]})["nodes"]
    finally:
        session.detach()
    return [_part(node) for node in nodes if not node["ignored"]]


def _part(node: dict) -> Part:
    properties = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    value = properties.get("valuetext") or node.get("value", {}).get("value", "")
    name = node.get("name", {}).get("value", "")
    return Part(node["role"]["value"], name, str(value), properties.get("live", ""))


def drag(slider, share: float) -> None:
    """Take a native slider's thumb with the mouse and leave it at `share` (0 to 1) of its way."""
    mouse = slider.page.mouse
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    now = slider.evaluate("(it) => (it.valueAsNumber - it.min) / (it.max - it.min)")

    def place(share: float) -> float:
        return box["x"] + THUMB / 2 + share * (box["width"] - THUMB)

    mouse.move(place(now), middle)
    mouse.down()
    mouse.move(place(share), middle, steps=5)
    mouse.up()


def drag_handle(handle, pixels: int) -> None:
    """Take the handle of an ipywidgets slider with the mouse and leave it `pixels` to the right."""
    mouse = handle.page.mouse
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x = box["x"] + box["width"] / 2
    y = box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + pixels, y, steps=5)
    mouse.up()
