"""The management page: decisions."""
