"""The management page: use cases."""
