"""A salon's journal as YClients has it: rows."""
