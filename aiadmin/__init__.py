"""AI Admin: connects beauty salons on YClients to WhatsApp."""
