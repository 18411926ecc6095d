"""The operator's console: use cases."""
