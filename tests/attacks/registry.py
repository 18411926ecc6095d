"""All attacks, in the order in which they are run: what could leave broken ground to the others is last."""

from __future__ import annotations

from tests.attacks import (
    attachments,
    bad_packets,
    big_order,
    changing_keys,
    foreign_job,
    handshakes,
    heavy_json,
    held_connections,
    odd_requests,
    old_address,
    pipelined,
    poison_webhook,
    silent_database,
    unknown_salons,
)

ATTACKS = (
    poison_webhook.ATTACK,
    foreign_job.ATTACK,
    old_address.ATTACK,
    odd_requests.ATTACK,
    changing_keys.ATTACK,
    heavy_json.ATTACK,
    handshakes.ATTACK,
    attachments.ATTACK,
    bad_packets.ATTACK,
    held_connections.ATTACK,
    pipelined.ATTACK,
    big_order.ATTACK,
    unknown_salons.ATTACK,
    silent_database.ATTACK,
)
