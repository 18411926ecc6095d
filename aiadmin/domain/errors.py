"""Every error raised on purpose. The class docstring is the message an operator reads."""

from __future__ import annotations


class AiAdminError(Exception):
    """Something AI Admin refuses on purpose."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class CompanyNotFoundError(AiAdminError):
    """No such company, or it is another salon's."""


class ChatNotFoundError(AiAdminError):
    """This company has no such chat."""


class PhoneNotLinkedError(AiAdminError):
    """The salon has no linked phone, so nothing can be sent for it."""


class NoticeNotFoundError(AiAdminError):
    """This company has no such notice."""


class NoticeSentError(AiAdminError):
    """The notice is a message already, or was dropped for another reason."""


class SalonTakenError(AiAdminError):
    """This salon is registered already."""


class RegistrationClosedError(AiAdminError):
    """Registration is open only to a caller with the admin key."""


class UnauthorizedError(AiAdminError):
    """No key, or a wrong one."""


class LinkError(AiAdminError):
    """The connect link does not open this company."""


class LinkInvalidError(LinkError):
    """The connect link was not made by us, or is damaged."""


class LinkExpiredError(LinkError):
    """The connect link is older than 24 hours."""


class LinkRevokedError(LinkError):
    """The connect link was replaced by a newer one."""


class SessionError(AiAdminError):
    """This browser holds no session that opens the salon's pages."""


class SessionMissingError(SessionError):
    """It never held one of this salon."""


class SessionExpiredError(SessionError):
    """Its session was not used for long, or is too old."""


class SessionClosedError(SessionError):
    """Its session was closed by a person, or gave way to newer ones."""


class SessionLeftError(SessionError):
    """The salon has removed the application."""


class CrossSiteError(AiAdminError):
    """A page of another site asks for a change with this browser's session."""


class ConsoleClosedError(AiAdminError):
    """The console is closed: ADMIN_API_KEY is not set."""


class OperatorSessionError(AiAdminError):
    """This browser is not let into the console, or no longer."""


class ReasonMissingError(AiAdminError):
    """What an operator asks for needs a reason, which is logged."""


class NumberTakenError(AiAdminError):
    """This WhatsApp number serves another company."""


class DependencyDownError(AiAdminError):
    """A dependency does not answer."""

    def __init__(self, name: str, reason: str = "") -> None:
        super().__init__(f"{name} does not answer" + (f": {reason}" if reason else ""))
        self.name, self._reason = name, reason

    def again(self) -> DependencyDownError:
        """The same for another caller, who raises it with a traceback of their own."""
        return DependencyDownError(self.name, self._reason)


class ActivationStateError(AiAdminError):
    """The activation of this company cannot be retried now."""


class NotConfiguredError(AiAdminError):
    """There is no application to speak for: YCLIENTS_API_KEY or YCLIENTS_APP_ID is not set."""


class KeyReusedError(AiAdminError):
    """This key belongs to another payment of this company."""


class SignatureInvalidError(AiAdminError):
    """YClients' signature of who came is missing or wrong."""


class SalonsInvalidError(AiAdminError):
    """The address of an installation names no salon, too many, or something that is no number."""


class WrongAppError(AiAdminError):
    """YClients speaks of another application than ours."""


class SalonLeftError(AiAdminError):
    """The salon has removed the application."""


class SalonMismatchError(AiAdminError):
    """A webhook speaks of another salon than the one whose address it came to."""


class SalonNumberError(AiAdminError):
    """A webhook names a salon by something that is no number of a salon."""


class TooManyWebhooksError(AiAdminError):
    """A salon has sent its share of webhooks for this minute."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__()
        self.wait_seconds = wait_seconds


class AlreadyConnectedError(AiAdminError):
    """A phone is linked, so there is no code to show."""


class ProviderClosedError(AiAdminError):
    """The salon's WhatsApp is not linked, or the application is frozen: nothing can be sent for it."""


class TooManyTrialsError(AiAdminError):
    """The salon has tried its texts often enough today."""


class SalonBusyError(AiAdminError):
    """Another request changes the same salon just now: nothing was done, and it may be repeated soon."""
