"""The local endpoint: a real model behind OpenAI's wire protocol, on this machine only.

`python -m samplers.local` starts it. In a folder with files that are named as modules are, such as
secrets.py or http.py: `python -P -m samplers.local`, which takes no module from there.

A second model id simulates one of OpenAI's reasoning models, with the same weights.
"""
