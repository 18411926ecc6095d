"""Salons as companies of ours: use cases."""
