"""The dialects that the client knows, by name."""

from samplers.api.dialects import anthropic, deepseek, gemini, glm
from samplers.api.dialects.dialect import Dialect

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (anthropic.DIALECT, gemini.DIALECT, deepseek.DIALECT, glm.DIALECT)
}
