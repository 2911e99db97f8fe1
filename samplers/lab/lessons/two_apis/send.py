"""A request as it is written, sent to Chat Completions or to Responses."""

import json

import httpx

from samplers.lab.lessons.exercises.plain import AnswerError

PATHS = {"Chat": "/chat/completions", "Responses": "/responses"}
SECONDS = 60
# what was answered with 200: who runs a check again after a repair waits only for what is new
_ANSWERS: dict[tuple[str, str], dict] = {}


def send(client, api: str, body: dict) -> tuple[int, dict]:
    """The status and the answer. `client`: whose endpoint and key; `api`: "Chat" or "Responses".

    The same body is sent once, and its answer kept.
    AnswerError where no answer comes, or none that can be read.
    """
    url = client.base_url + PATHS[api]
    try:
        sent = (url, json.dumps(body))
        if sent in _ANSWERS:
            return 200, _ANSWERS[sent]

        response = httpx.post(url, json=body, auth=client.auth, timeout=SECONDS)
        answer = dict(response.json())
        if response.status_code == 200:
            _ANSWERS[sent] = answer
        return response.status_code, answer
    except TypeError as error:  # what the learner's function made is no JSON
        raise AnswerError(f"This body is no JSON: {error}.") from error
    except (httpx.HTTPError, ValueError) as error:
        problem = type(error).__name__
        raise AnswerError(f"The endpoint did not answer ({problem}): run the cell again.") from None


def words(answer: dict) -> str:
    """What an error says."""
    error = answer.get("error")
    return str(error.get("message") if isinstance(error, dict) else error)
