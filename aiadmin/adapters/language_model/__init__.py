"""Language models over HTTP: one endpoint that many providers speak, and what is theirs alone."""
