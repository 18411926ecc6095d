"""The packets of our Socket.IO contract, and nothing else that the protocol has."""

from __future__ import annotations

from typing import Any

from socketio import packet

from aiadmin.adapters.sockets.page_events import NAMESPACE

_TYPES = frozenset("012")
"""CONNECT, DISCONNECT, EVENT. We ask for no acknowledgements, and our contract has nothing binary: a header that
announces attachments would make the library collect them without end."""
_RESERVED = frozenset({"connect", "disconnect", "connect_error"})
"""Names of what happens, not of what a client may say."""


class BadPacketError(ValueError):
    """What came is not of our contract."""


class StrictPacket(packet.Packet):  # type: ignore[misc]
    """A packet that reads only what a client of ours may send."""

    def decode(self, encoded_packet: object) -> int:
        """Read a packet. Raises BadPacketError; the connection is then of no more use."""
        if not isinstance(encoded_packet, str) or encoded_packet[:1] not in _TYPES or not encoded_packet:
            raise BadPacketError
        try:
            attachments: int = super().decode(encoded_packet)
        except (ValueError, RecursionError) as error:
            raise BadPacketError from error
        if attachments or (self.packet_type == packet.EVENT and not self._is_event(self.data)):
            raise BadPacketError
        return 0

    def _is_event(self, data: Any) -> bool:
        if self.namespace != NAMESPACE or not isinstance(data, list) or not data:
            return False
        return isinstance(data[0], str) and data[0] not in _RESERVED
