"""The messages of Google's requests, as far as their fields mean something here.

Fields and enums as google-genai 3.6.1 has them for the Gemini API (read 2026-11-28).
"""

from samplers.local.dialects.gemini.errors import invalid
from samplers.local.dialects.gemini.proto import (
    Reader,
    any_value,
    boolean,
    data,
    enum,
    int32,
    int64,
    mapping,
    message,
    number,
    repeated,
    struct,
    text,
)


def _not_here(place: str, value):
    raise invalid(place, "this model does not support it.")


def _none_of(*names: str) -> dict[str, Reader]:
    """Google's fields that the local model has no use for: an error if one is set."""
    return dict.fromkeys(names, _not_here)


def _schema(place: str, value) -> dict:
    return SCHEMA(place, value)


SCHEMA = message(
    "Schema",
    {
        "type": enum(
            "Type",
            *("TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN"),
            *("ARRAY", "OBJECT", "NULL"),
        ),
        "format": text,
        "title": text,
        "description": text,
        "nullable": boolean,
        "enum": repeated(text),
        "items": _schema,
        "min_items": int64,
        "max_items": int64,
        "properties": mapping(_schema),
        "required": repeated(text),
        "property_ordering": repeated(text),
        "min_properties": int64,
        "max_properties": int64,
        "minimum": number,
        "maximum": number,
        "min_length": int64,
        "max_length": int64,
        "pattern": text,
        "any_of": repeated(_schema),
        "default": any_value,
        "example": any_value,
    },
)

_FUNCTION_CALL = message(
    "FunctionCall",
    {"id": text, "name": text, "args": struct} | _none_of("partial_args", "will_continue"),
)
_FUNCTION_RESPONSE = message(
    "FunctionResponse",
    {"id": text, "name": text, "response": struct}
    | _none_of("parts", "will_continue", "scheduling"),
)
_INLINE_DATA = message("Blob", {"mime_type": text, "data": data, "display_name": text})
_OTHER_DATA = (
    *("file_data", "executable_code", "code_execution_result"),
    *("tool_call", "tool_response", "audio_transcription"),
)
PART = message(
    "Part",
    {
        "text": text,
        "inline_data": _INLINE_DATA,
        "function_call": _FUNCTION_CALL,
        "function_response": _FUNCTION_RESPONSE,
        "thought": boolean,
        "thought_signature": data,
        "part_metadata": struct,
    }
    | _none_of(
        *_OTHER_DATA,
        *("media_resolution", "video_metadata", "media_processing", "speech_metadata"),
        *("document_metadata", "spreadsheet_metadata", "audio_metadata"),
    ),
    one_of=("text", "inline_data", "function_call", "function_response"),
)
CONTENT = message("Content", {"role": text, "parts": repeated(PART)})

_FUNCTION_DECLARATION = message(
    "FunctionDeclaration",
    {
        "name": text,
        "description": text,
        "parameters": SCHEMA,
        "parameters_json_schema": any_value,
        "response": SCHEMA,
        "response_json_schema": any_value,
        "behavior": enum("FunctionDeclaration.Behavior", "UNSPECIFIED", "BLOCKING", "NON_BLOCKING"),
    },
)
_TOOL = message(
    "Tool",
    {"function_declarations": repeated(_FUNCTION_DECLARATION)}
    | _none_of(
        *("google_search", "google_search_retrieval", "google_maps", "code_execution"),
        *("url_context", "computer_use", "file_search", "mcp_servers"),
    ),
)
_TOOL_CONFIG = message(
    "ToolConfig",
    {
        "function_calling_config": message(
            "FunctionCallingConfig",
            {
                "mode": enum(
                    "FunctionCallingConfig.Mode",
                    *("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"),
                ),
                "allowed_function_names": repeated(text),
            }
            | _none_of("stream_function_call_arguments"),
        )
    }
    | _none_of("retrieval_config", "include_server_side_tool_invocations"),
)
_SAFETY_SETTING = message(
    "SafetySetting",
    {
        "category": enum(
            "HarmCategory",
            *("HARM_CATEGORY_UNSPECIFIED", "HARM_CATEGORY_DEROGATORY", "HARM_CATEGORY_TOXICITY"),
            *("HARM_CATEGORY_VIOLENCE", "HARM_CATEGORY_SEXUAL", "HARM_CATEGORY_MEDICAL"),
            *("HARM_CATEGORY_DANGEROUS", "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH"),
            *("HARM_CATEGORY_SEXUALLY_EXPLICIT", "HARM_CATEGORY_DANGEROUS_CONTENT"),
            *("HARM_CATEGORY_CIVIC_INTEGRITY", "HARM_CATEGORY_JAILBREAK"),
            *("HARM_CATEGORY_IMAGE_HATE", "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT"),
            *("HARM_CATEGORY_IMAGE_HARASSMENT", "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT"),
        ),
        "threshold": enum(
            "SafetySetting.HarmBlockThreshold",
            *("HARM_BLOCK_THRESHOLD_UNSPECIFIED", "BLOCK_LOW_AND_ABOVE"),
            *("BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"),
        ),
    },
)
_THINKING_CONFIG = message(
    "ThinkingConfig",
    {
        "include_thoughts": boolean,
        "thinking_budget": int32,
        "thinking_level": enum(
            "ThinkingConfig.ThinkingLevel",
            *("THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"),
        ),
    },
)
_GENERATION_CONFIG = message(
    "GenerationConfig",
    {
        "temperature": number,
        "top_p": number,
        "top_k": int32,
        "candidate_count": int32,
        "max_output_tokens": int32,
        "stop_sequences": repeated(text),
        "seed": int32,
        "presence_penalty": number,
        "frequency_penalty": number,
        "response_logprobs": boolean,
        "logprobs": int32,
        "response_mime_type": text,
        "response_schema": SCHEMA,
        "response_json_schema": any_value,
        "response_modalities": repeated(
            enum("GenerationConfig.Modality", "MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO")
        ),
        "thinking_config": _THINKING_CONFIG,
    }
    | _none_of(
        *("media_resolution", "speech_config", "image_config", "enable_enhanced_civic_answers"),
        *("enable_affective_dialog", "response_format", "translation_config"),
        "audio_transcription_config",
    ),
)
GENERATE = message(
    "GenerateContentRequest",
    {
        "model": text,
        "contents": repeated(CONTENT),
        "system_instruction": CONTENT,
        "tools": repeated(_TOOL),
        "tool_config": _TOOL_CONFIG,
        "generation_config": _GENERATION_CONFIG,
        "cached_content": text,
        # accepted, without effect
        "safety_settings": repeated(_SAFETY_SETTING),
        "labels": mapping(text),
        "service_tier": enum("ServiceTier", "UNSPECIFIED", "FLEX", "STANDARD", "PRIORITY"),
        "store": boolean,
    }
    | _none_of("continuation_token"),
)
COUNT = message(
    "CountTokensRequest",
    {"model": text, "contents": repeated(CONTENT), "generate_content_request": GENERATE},
)
