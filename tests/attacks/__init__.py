"""Attacks on the running product: each file is one, with one meaning. `make attack` runs them in full.

Whoever has no key, or one salon's, sends what a stranger may send, to 127.0.0.1 alone, so often and so long as the
file says. An attack is held when nobody else has noticed.
"""
