"""`bot replay`: conversations of a file, played with the product's own services against a YClients of our making.

``document``   the file, read and checked
``servers``    a PostgreSQL and a Valkey of its own
``yclients``   the fake YClients, a program of the test suite: started as a process and spoken to over HTTP
``installing`` the salon, connected and read once, and put back (``rows``) for each conversation
``shown``      the table, and the JSON for other judges
"""
