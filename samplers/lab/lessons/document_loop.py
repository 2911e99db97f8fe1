"""The document's tool and its ReAct loop: lesson 08 measures the one and breaks the other.

The code is the document's. What has no value there became a parameter: the SDK's client, the model,
and the function that executes a tool. `params` go with every request. In a program of your own, use
`samplers.api.run_tools`.
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
