"""Live WhatsApp sessions: rows."""
