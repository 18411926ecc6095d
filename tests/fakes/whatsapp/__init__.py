"""A fake WhatsApp: the server and the phones, at wire level, for the real client library.

Nothing here pretends to be *our* code: neonize runs unchanged (but for the address and the root key, see
``overlay``) and talks Noise, binary XML and Signal key bundles to this server. Read in this order:

``overlay``     how the client library is pointed at us
``noise``       the encrypted handshake, with ``keys`` for signatures and certificates
``binary``      how stanzas ("nodes") look on the wire, with ``tokens`` for the dictionary
``connection``  one websocket: frames, handshake, then stanzas both ways
``login``       what follows the handshake of a linked device
``pairing``     what follows the handshake of a new device; the phone's half is in ``phone``
``iq``          questions a linked device asks
``directory``   accounts and their linked devices
``faults``      how the server is told to misbehave; ``control`` is the HTTP side of that
"""
