"""The chat template of the model that is downloaded. Another model has the one in its own file.

SmolLM2's own template adds a system message when a conversation has none. This one does not, so the
model reads only what the request contains. The rest is the same. `--default-system keep` does
without it.
"""

TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
