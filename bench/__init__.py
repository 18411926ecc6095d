"""Measurements: `make bench` prints them as tables with ratios. Never part of a timed test."""
