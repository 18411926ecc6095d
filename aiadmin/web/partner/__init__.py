"""What a partner arranges with YClients: routes."""
