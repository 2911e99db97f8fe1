"""The document's `safe_chat_completion`: lesson 13 runs it and shows what passes it.

The code is the document's, word for word. It names two tests of a text and gives neither; they are
the parameters. In a program of your own, use `check_input` and `check_output` of `samplers.api`.
"""

from collections.abc import Callable

from samplers.lab.arguments import checked


@checked
def document_filter(contains_unsafe_content: Callable, is_empty_content: Callable) -> Callable:
    """The document's function safe_chat_completion(client, messages, **kwargs)."""

    def safe_chat_completion(client, messages, **kwargs):
        # 输入检查
        for msg in messages:
            content = msg.get("content", "")
            if isinstance(content, str) and contains_unsafe_content(content):
                return {"safety_blocked": True, "reason": "Input filtered"}
        response = client.chat.completions.create(messages=messages, **kwargs)
        # 输出检查
        content = response.choices[0].message.content
        if not content or is_empty_content(content):
            return {"safety_blocked": True, "reason": "Output was empty"}
        return response

    return safe_chat_completion
