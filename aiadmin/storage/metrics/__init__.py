"""What the tables say about our health at one moment."""
