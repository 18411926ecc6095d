"""Live WhatsApp sessions: use cases."""
