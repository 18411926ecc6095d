"""What the `jobs` worker and the clock do. Arguments are ids; every job may run twice.

A job parses nothing and decides nothing: it calls one service. When PostgreSQL is away it ends quietly, because
whatever it was about is a row that the clock's sweep will find.
"""
