"""What clients and people of salons that write English read in WhatsApp: see `texts.Texts`."""
