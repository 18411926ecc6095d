"""Installations by the marketplace: decisions."""
