"""What was said so far."""

from samplers.local.realtime.events import new_id
from samplers.local.realtime.items import Item
from samplers.local.request.errors import ApiError, bad_request

MOST_CHARACTERS = 256 << 10  # of all items; the context holds far less
MOST_ITEMS = 500
ROOT = "root"  # before the first item


class Conversation:
    """The items, in order. The oldest are forgotten when there are too many to be read anyway."""

    def __init__(self) -> None:
        self.id = new_id("conv")
        self._items: list[Item] = []

    def add(self, item: Item, after: str | None = None) -> str | None:
        """Puts an item after another one, or ROOT; None: at the end. Returns the id before it.

        ApiError if there is no such item, or one with the new id.
        """
        if any(each.id == item.id for each in self._items):
            message = f"Error adding item: an item with the id '{item.id}' already exists."
            raise bad_request(message, "item.id", "item_create_duplicate_item_id")
        place = len(self._items)
        if after == ROOT:
            place = 0
        elif after is not None:
            place = self._items.index(self.get(after, "previous_item_id")) + 1

        self._items.insert(place, item)
        self._forget()
        return self.before(item)

    def before(self, item: Item) -> str | None:
        """The id of the item before this one; None if it is the first or was deleted."""
        place = self._items.index(item) if item in self._items else 0
        return self._items[place - 1].id if place else None

    def get(self, item_id: str, param: str = "item_id") -> Item:
        """ApiError if there is no item of that id."""
        for item in self._items:
            if item.id == item_id:
                return item
        raise no_such_item(item_id, param)

    def delete(self, item_id: str) -> None:
        self._items.remove(self.get(item_id))

    def items(self) -> list[Item]:
        return list(self._items)

    def _forget(self) -> None:
        while len(self._items) > MOST_ITEMS or (
            len(self._items) > 1
            and sum(len(item.text or "") for item in self._items) > MOST_CHARACTERS
        ):
            del self._items[0]


def no_such_item(item_id: str, param: str) -> ApiError:
    """The conversation has no item of that id."""
    message = f"The item with id '{item_id[:80]}' does not exist in this conversation."
    return bad_request(message, param, "item_not_found")
