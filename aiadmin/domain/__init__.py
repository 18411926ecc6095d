"""Decisions and vocabulary.

Pure: the standard library only, no input or output, no clock (`now` is an argument).
Modules are singular nouns. Everything above may import this; this imports nothing above.
"""
