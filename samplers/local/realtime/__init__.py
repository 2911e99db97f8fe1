"""OpenAI's Realtime API: a conversation in events over a WebSocket, with text as the output."""
