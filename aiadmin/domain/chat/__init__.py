"""What clients answer: decisions."""
