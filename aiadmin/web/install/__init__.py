"""Installations by the marketplace: routes."""
