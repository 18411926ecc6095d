"""A fake YClients: the marketplace as a partner sees it, on 127.0.0.1. Read in this order:

``world``        apps, salons and links between them: what YClients remembers, and its rules
``settings``     what is unknown of the real one, as switches; ``clock`` is a time that can be moved
``envelope``     the shapes of its answers, and who may ask (the headers)
``marketplace``  the partner's routes: activation, status, money; and the signed redirect
``salon``        what is in a salon's journal, without HTTP; ``rest`` is its REST API, a module for each kind of thing
``hooks``        what is posted to apps, and how that goes wrong
``operator``     messages that YClients asks an app to send for a salon; ``operator_routes`` their HTTP
``chaos``        looseness about types, on request
``faults``       how the server is told to misbehave, ``method_faults`` by the name of what is called; ``limits`` are
                 its ordinary rate limits
``server``       all of that as one application; ``control`` is the HTTP side for tests
``process``      the server as a process; ``client`` is what tests tell it
"""
