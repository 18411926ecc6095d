"""Personal data: routes."""
