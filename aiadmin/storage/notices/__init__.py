"""Messages about bookings: rows."""
