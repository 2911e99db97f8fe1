"""GET /v1/responses/{id} and /input_items: the list, its pages, and wrong queries."""

import pytest
from openai.types.responses import ResponseItemList
from responses_door import strict


@pytest.fixture(scope="module")
def third(responses) -> dict:
    """The third response of a chain: its model read five items."""
    made = responses.response()
    for _ in range(2):
        made = responses.response(previous_response_id=made["id"], input="And?")
    return made


def listed(responses, response: dict, **query) -> dict:
    answer = responses.http.get(f"/responses/{response['id']}/input_items", params=query)
    assert answer.status_code == 200, answer.text
    strict(ResponseItemList, answer.text)
    return answer.json()


def test_all_that_the_model_read_the_newest_first(responses, third):
    items = listed(responses, third)
    assert [item["role"] for item in items["data"]] == ["user", "assistant"] * 2 + ["user"]
    assert items["data"][0]["content"] == [{"type": "input_text", "text": "And?"}]
    assert third["output"][0] not in items["data"]
    ids = [item["id"] for item in items["data"]]
    assert (items["first_id"], items["last_id"], items["has_more"]) == (ids[0], ids[-1], False)
    assert listed(responses, third, order="asc")["data"] == items["data"][::-1]


def test_pages(responses, third):
    every = listed(responses, third)["data"]
    page = listed(responses, third, limit=2)
    assert (page["data"], page["has_more"]) == (every[:2], True)
    page = listed(responses, third, limit=3, after=page["last_id"])
    assert (page["data"], page["has_more"]) == (every[2:], False)
    assert listed(responses, third, after=every[-1]["id"])["data"] == []
    read = list(responses.sdk.responses.input_items.list(third["id"], limit=2, order="asc"))
    assert [item.id for item in read] == [item["id"] for item in every[::-1]]


def test_include_is_taken(responses, third):
    include = ["message.output_text.logprobs", "reasoning.encrypted_content"]
    read = list(responses.sdk.responses.input_items.list(third["id"], include=include))
    assert len(read) == 5
    assert responses.sdk.responses.retrieve(third["id"], include=include).id == third["id"]


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"order": "up"}, "order"),
        ({"after": "msg_x"}, "after"),
        ({"before": "msg_x"}, "before"),
        ({"include": "bogus"}, "include"),
        ({"include[]": "bogus"}, "include"),
    ],
)
def test_a_wrong_query_of_the_list(responses, third, query, param):
    answer = responses.http.get(f"/responses/{third['id']}/input_items", params=query)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"].startswith(param)


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"stream": "true"}, "stream"),
        ({"stream": "maybe"}, "stream"),
        ({"starting_after": "3"}, "stream"),
        ({"limit": "3"}, "limit"),
        ({"include": "bogus"}, "include"),
    ],
)
def test_a_wrong_query_of_a_response(responses, third, query, param):
    answer = responses.http.get(f"/responses/{third['id']}", params=query)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"].startswith(param)
    assert responses.http.get(f"/responses/{third['id']}", params={"stream": "false"}).is_success
