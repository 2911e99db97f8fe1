"""Parameters of other engines, which the endpoint takes where `--extensions` names the engine."""
