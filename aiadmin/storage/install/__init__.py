"""Installations by the marketplace: rows."""
