"""What the services need of the outside, as Protocols; `aiadmin.adapters` has the real ones, the tests have fakes.

PostgreSQL is no port: it is the one truth, and the tests run on a real one. Services use `aiadmin.storage` itself.
"""
