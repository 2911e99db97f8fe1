"""The document's tool, its loop over streamed calls and its ReAct loop, for lessons 08 and 08b.

The code is the document's. What has no value there became a parameter: the stream, the SDK's
client, the model, and the function that executes a tool. `params` go with every request. In a
program of your own, use `samplers.api.accumulate` and `samplers.api.run_tools`.
"""

import json

SEARCH = {
    "type": "function",
    "function": {
        "name": "search_knowledge_base",
        "description": "搜索内部知识库获取相关信息",
        "parameters": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "搜索关键词"},
                "filters": {
                    "type": "object",
                    "properties": {
                        "category": {"type": "string", "enum": ["tech", "business", "legal"]},
                        "date_from": {"type": "string", "format": "date"},
                    },
                },
                "max_results": {"type": "integer", "description": "返回结果数量上限", "default": 5},
            },
            "required": ["query"],
        },
    },
}


def join_calls(stream):
    """{index: call} of a stream of the SDK, by the document's own loop."""
    tool_calls = {}
    for chunk in stream:
        delta = chunk.choices[0].delta
        if delta.tool_calls:
            for tc in delta.tool_calls:
                idx = tc.index
                if idx not in tool_calls:
                    tool_calls[idx] = {"id": tc.id, "function": {"name": "", "arguments": ""}}
                if tc.function:
                    if tc.function.name:
                        tool_calls[idx]["function"]["name"] += tc.function.name
                    if tc.function.arguments:
                        tool_calls[idx]["function"]["arguments"] += tc.function.arguments
    return tool_calls


def react_loop(client, model, messages, tools, execute_tool, max_iterations=5, **params):
    """ReAct: 模型交替推理和行动,直到得到最终答案"""
    for _ in range(max_iterations):
        response = client.chat.completions.create(
            model=model, messages=messages, tools=tools, tool_choice="auto", **params
        )
        msg = response.choices[0].message
        if msg.tool_calls:
            # 添加模型的决定
            messages.append(msg)
            for tc in msg.tool_calls:
                # 执行工具
                result = execute_tool(tc.function.name, json.loads(tc.function.arguments))
                messages.append(
                    {"role": "tool", "tool_call_id": tc.id, "content": json.dumps(result)}
                )
        else:
            # 模型给出最终答案
            return msg.content
    return "Reached max iterations"
