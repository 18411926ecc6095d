"""Calls to YClients: decisions."""
