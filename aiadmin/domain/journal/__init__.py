"""A salon's journal as YClients has it: decisions."""
