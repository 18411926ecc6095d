"""Salons as companies of ours: decisions."""
