"""What is asked of vLLM, when its answers are recorded and when they are given again.

Each function has its own client, asks one thing, and returns what came.
"""

from samplers import SamplingParams
from samplers.compare import observe

CHINESE = "Translate hello to Chinese. Answer only in Chinese characters."
# With parts a message is asked for by chat, as one with a picture is.
IN_PARTS = [{"role": "user", "content": [{"type": "text", "text": CHINESE}]}]
HALVES = "好😊 a"  # each of the two characters is several tokens, none of them whole UTF-8


def abilities(client):
    return client.abilities


def tokens(client):
    return client.tokenize(HALVES), client.tokenize([{"role": "user", "content": "hi"}])


def lists_of_five(client):
    return [client.next_token(CHINESE, top=5) for _ in range(3)]


def lists_of_five_by_chat(client):
    return [client.next_token(IN_PARTS, top=5) for _ in range(10)]


def lists_of_twenty(client):
    by_ids = client.next_token(CHINESE)
    by_chat = [client.next_token(IN_PARTS) for _ in range(5)]
    return by_ids, by_chat, client.next_token(CHINESE, "all")


def after_a_half(client):
    first = client.next_token(CHINESE, top=1)
    return client.next_token(CHINESE, top=5, after=first.ids)


def chats(client):
    return (
        client.chat("hi", n=3, temperature=0, max_tokens=2),
        client.chat("hi", top_p=0, temperature=2, max_tokens=1),
        client.chat(CHINESE, max_tokens=8, logprobs=True, top_logprobs=2, temperature=1),
    )


def draws(client):
    distribution = client.next_token(CHINESE)
    counts = observe(client, CHINESE, SamplingParams(), 300, workers=1, progress=False)
    return distribution, counts


def scores(client):
    question = [{"role": "user", "content": "What is the capital of France?"}]
    answer = "The capital of France is Paris."
    return client.score(HALVES), client.score(answer), client.score(answer, question)


QUESTIONS = {
    "abilities": abilities,
    "tokens": tokens,
    "lists of five": lists_of_five,
    "lists of five by chat": lists_of_five_by_chat,
    "lists of twenty": lists_of_twenty,
    "after a half": after_a_half,
    "chats": chats,
    "draws": draws,
    "scores": scores,
}
