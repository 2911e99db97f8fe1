"""The local endpoint: a real model behind OpenAI's wire protocol, on this machine only.

`python -m samplers.local` starts it.
"""
