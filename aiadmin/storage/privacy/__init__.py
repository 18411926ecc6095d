"""Personal data: rows."""
