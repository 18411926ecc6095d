"""AI Admin: connects beauty salons on YClients to WhatsApp."""

__version__ = "1.0.0"
