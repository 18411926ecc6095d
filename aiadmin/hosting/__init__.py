"""The `sessions` process: live WhatsApp sessions, and the pairing of new ones."""
