"""Use cases: open, load, decide, commit; leaving early rolls back.

They know the domain, the storage, and the ports of all that is outside (`aiadmin.services.ports`); no library that
does input or output, so they run in any process.
Modules are plural nouns, functions verbs: `companies.register(...)`.
"""
