"""The chat template of the model that is fetched; another model has the one of its own file.

It is SmolLM2's own template without the system message that this adds when a conversation has none:
the model reads only what the request contains.
"""

TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
