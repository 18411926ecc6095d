"""The operator's console: rows."""
