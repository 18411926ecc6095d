"""What a partner arranges with YClients: use cases."""
