"""The operator's console: routes."""
