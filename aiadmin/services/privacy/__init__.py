"""Personal data: use cases."""
