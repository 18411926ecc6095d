"""Messages to and from clients: decisions."""
