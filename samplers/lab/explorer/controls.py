"""The explorer's controls as code sees them."""

from collections.abc import Callable
from dataclasses import dataclass

import traitlets


class Control(traitlets.HasTraits):
    """A control with a `value` that code can read, set and observe, as that of an ipywidget."""

    value = traitlets.Any()

    def __init__(self, value, accept: Callable):
        """`accept(value)` returns the value to keep, or raises ValueError."""
        self._accept = accept
        super().__init__(value=value)

    @traitlets.validate("value")
    def _check(self, proposal):
        return self._accept(proposal["value"])

    def __repr__(self) -> str:
        return f"<Control: {self.value!r}>"


@dataclass(frozen=True)
class Button:
    """A button that code can press: `click()`."""

    description: str
    click: Callable[[], None]
