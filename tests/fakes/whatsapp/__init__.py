"""A fake WhatsApp: the server and the phones, at wire level, for the real client library.

neonize runs unchanged, but for the address and the root key, and talks to this server as it does to WhatsApp's.
The modules are meant to be read as a description of the protocol, in this order:

``overlay``       how the client library is pointed at us
``noise``         the encrypted handshake, with ``keys`` for signatures and certificates
``node``          what a stanza is; ``binary`` how it looks on the wire, with ``tokens`` for the dictionary
``connection``    one websocket: frames, handshake, then stanzas both ways
``pairing``       what follows the handshake of a new device: QR texts; ``code_pairing``: a typed code
``phone``         the other half of pairing, with ``linkcode`` for the typed code's cryptography
``login``         what follows the handshake of a linked device
``iq``            what a linked device asks
``directory``     accounts and their linked devices
``announcements`` what others are told when a device is linked or unlinked
``prekeys``       the public keys devices leave for others, and fetch from others
``relay``         a message's way: taken, acknowledged, copied; ``receipts``: what comes back
``post``          delivery to each device, at once or, from its ``mailbox``, at its next login
``handset``       a phone that writes and reads: customers, and the owner of the salon's account
``contents``      what a message says
``signal``        end-to-end encryption, with ``envelope`` for its bytes and ``ratchet`` for its keys
``faults``        misbehaviour armed ahead of time, ``strikes`` on open connections; ``control`` and
                  ``control_phones`` are the HTTP side
``client``        for tests: the server as a process; ``probe``, ``probe_process``: a real client as one
"""
