"""Messages about bookings: decisions."""
