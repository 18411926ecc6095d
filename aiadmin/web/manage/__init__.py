"""The management page: routes."""
