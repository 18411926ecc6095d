"""Linking a phone: decisions."""
