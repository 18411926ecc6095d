"""Live WhatsApp sessions: decisions."""
