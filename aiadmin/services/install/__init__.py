"""Installations by the marketplace: use cases."""
