"""A salon's journal without any HTTP: what it holds, how it is filled, how it looks from collaborators.

``entities``     services, masters, clients, records
``state``        one salon with all of these
``slots``        when a master is taken, and when online booking offers a time; ``script`` where a test says the times
``conversation`` a salon out of a file of conversations
``filling``      a small salon made by hand; ``crowd`` a large one by counts and a seed
``shapes``       the JSON of all but clients and records, which have ``client_shapes`` and ``record_shapes``
``times``        YClients' ways of writing times
"""
