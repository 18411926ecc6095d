"""Names for numbers that are easy to mix up."""

from typing import NewType
from uuid import UUID

CompanyId = NewType("CompanyId", int)
"""Our number of a tenant: a salon that registered."""
SalonId = NewType("SalonId", int)
"""YClients' number of a salon (`companies.yclients_id`)."""
DeviceId = NewType("DeviceId", int)
"""Our number of a linked WhatsApp device."""
OutboxId = NewType("OutboxId", int)
WebhookId = NewType("WebhookId", int)
HostId = NewType("HostId", UUID)
"""One `sessions` process, fresh at every start."""


class HostName(str):
    """A `sessions` process as operators and nudges name it: its machine and its number there."""

    __slots__ = ()


ContactId = NewType("ContactId", int)
MessageId = NewType("MessageId", int)
"""Our number of a message that we owe; WhatsApp's own ids are text."""
AuditId = NewType("AuditId", int)
"""Our number of a action that was written down."""
NoticeId = NewType("NoticeId", int)
"""Our number of a notice to a client."""
OwnerSessionId = NewType("OwnerSessionId", int)
"""Our number of one browser's session with one salon."""
OperatorSessionId = NewType("OperatorSessionId", int)
"""Our number of one operator's browser in the console."""
