"""Pairing of phones: a pool of processes of the WhatsApp library, and the events that pages get."""
