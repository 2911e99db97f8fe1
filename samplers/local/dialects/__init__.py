"""Other providers' APIs over the same jobs: Anthropic, Gemini, DeepSeek, GLM. All are simulated."""
