"""WhatsApp, through neonize: the only package that touches it.

`library` loads the Go library, `decode` and `messages` read what it says, `engine` runs sessions behind the `gate`,
`store` makes its tables, `key_store` asks for the keys in them. It logs by the standard library, not structlog: the
pairing process loads it, and must be up in a moment.
"""
