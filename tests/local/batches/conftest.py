"""A gateway without a model and a whole endpoint, to which batches are given."""

import httpx
import pytest
import wirecheck
from sdk_batches import Batches

from samplers.local.batches import one_line


@pytest.fixture(scope="module")
def batches(serve):
    """Batches of moderations, on a gateway without a model, checked against OpenAI's API file."""
    served = serve()
    client = httpx.Client(transport=wirecheck.transport())
    return Batches(served.base_url, served.key, http_client=client)


@pytest.fixture(scope="module")
def endpoint(shallow):
    return shallow


@pytest.fixture(scope="module")
def chats(endpoint):
    """Batches of a whole endpoint."""
    return Batches(endpoint.base_url, endpoint.key)


@pytest.fixture
def answered(monkeypatch) -> list[str]:
    """The custom_ids of the lines that are answered, as they are."""
    order = []
    real = one_line.answer

    async def noted(models, database, batch, line):
        order.append(line.custom_id)
        return await real(models, database, batch, line)

    monkeypatch.setattr(one_line, "answer", noted)
    return order
