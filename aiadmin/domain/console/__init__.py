"""The operator's console: decisions."""
