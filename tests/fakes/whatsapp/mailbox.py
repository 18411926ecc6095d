"""What the server holds for a linked device until the device confirms it, whether it is connected or not."""

from tests.fakes.whatsapp.node import Node


class Mailbox:
    """Stanzas for one device, oldest first; what it has not confirmed is sent again at its next login."""

    def __init__(self) -> None:
        self._waiting: list[Node] = []

    def put(self, stanza: Node) -> None:
        self._waiting.append(stanza)

    def waiting(self) -> list[Node]:
        return list(self._waiting)

    def confirm(self, tag: str, stanza_id: str, kind: str | None = None) -> None:
        """Let go of the stanza; of receipts there may be several of one id, told apart by their *kind*."""

        def meant(stanza: Node) -> bool:
            alike = (stanza.tag, stanza.attrs["id"]) == (tag, stanza_id)
            return alike and (tag == "message" or stanza.attrs.get("type") == kind)

        self._waiting = [stanza for stanza in self._waiting if not meant(stanza)]
