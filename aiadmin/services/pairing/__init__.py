"""Linking a phone: use cases."""
