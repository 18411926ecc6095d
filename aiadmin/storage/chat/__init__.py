"""What clients answer: rows."""
