"""OpenAI's Responses, asked: typed items instead of messages, typed events instead of chunks.

What it shares with Chat Completions stands outside: the transport, the budget, usage, tool calls.
"""
