"""The API described to programs and to people."""
