"""What a partner arranges with YClients: decisions."""
