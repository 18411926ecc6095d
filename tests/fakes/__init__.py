"""Fakes we own: stand-ins for the outside world that speak its real protocol over 127.0.0.1."""
