"""Pairing of phones: a pool of processes of the WhatsApp library, and what pages are told of it."""
