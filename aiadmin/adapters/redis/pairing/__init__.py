"""Pairings in Redis."""
