"""WhatsApp, through neonize: the only package that touches it.

`library` loads the Go library, `decode` reads what it says, `engine` runs sessions, `store` makes its tables,
`key_store` asks for the keys in them.
"""
