"""Messages about bookings: use cases."""
