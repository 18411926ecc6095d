"""YClients over HTTP. Nothing here raises for what the network or YClients does: the answer says it."""
