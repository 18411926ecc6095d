"""Messages to and from clients: use cases."""
