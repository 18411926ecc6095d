"""Decisions: what a burst of commands leads to, given all that is known. Pure, and total."""
