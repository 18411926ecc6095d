"""Salons as companies of ours: routes."""
