"""The words of clients as data, to be read and mended like a dictionary: intents, trades, names."""
