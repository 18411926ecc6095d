"""What YClients posts to apps: changes in salons, and what becomes of an installation.

``delivery``  one thing to post and what became of it
``faults``    how deliveries go wrong
``post``      the sending: delay, retries, holding back
"""
