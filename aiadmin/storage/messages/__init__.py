"""Messages to and from clients: rows."""
