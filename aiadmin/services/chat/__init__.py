"""What clients answer: use cases."""
