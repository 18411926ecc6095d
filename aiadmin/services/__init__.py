"""Use cases: open, load, decide, commit; leaving early rolls back.

They know only the domain and the ports in `ports.py`, so they run in any process and under any test.
Modules are plural nouns, functions verbs: `companies.register(...)`.
"""
