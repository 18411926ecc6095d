"""Linking a phone: routes."""
