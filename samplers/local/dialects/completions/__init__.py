"""OpenAI's older API, POST /v1/completions: a prompt without messages, and what may follow it.

It has no chat template: the model reads exactly what is sent. Evaluation harnesses use it, because
`echo` with `logprobs` says how likely a given text is, token by token.

The fields and their ranges are those of OpenAI's API file (August 2026) and of the `openai` package
3.57.0. What neither of them says is decided here as OpenAI's older models did it, or vLLM does:

- A prompt that is text stands for its text alone: the name of a control token in it is text, as in
  /v1/tokenize (llama.cpp and vLLM read such a name as the token). Whoever wants the token sends its
  id: ids are read as they are.
- Before a text stands BOS if the model has one, before ids nothing does. An empty prompt, or null,
  is <|endoftext|>, the mark between documents.
- The arrays of `logprobs` have an entry for each token that was drawn, also for one inside a stop
  string, and for the one that ended the answer. A control token is written by its name where the
  client sent it, and adds no text where it was drawn.
- The simulated reasoning model is a chat model, and refused as OpenAI refuses those here.
"""
