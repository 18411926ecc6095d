"""Salons as companies of ours: rows."""
