"""The explorers of a lesson in a page with no kernel."""

from samplers.lab.publish.offline.page import fragment, script

__all__ = ["fragment", "script"]
