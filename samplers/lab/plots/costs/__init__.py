"""Pictures of prices and of bills."""
