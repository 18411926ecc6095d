"""The rows of every table, by feature."""
