"""What is unknown about the real YClients, or differs between its versions."""

from dataclasses import dataclass

NO_RIGHTS = "Нет прав на управление компанией"


@dataclass
class Settings:
    """Switches; ``POST /_fake/settings`` changes them.

    Attributes:
        pending_ttl: seconds between consent and the end of YClients' patience (its knowledge base says one hour).
        expired_status: what a late activation is answered; nobody has published it.
        pending_is_404: the status of a salon that waits for the partner is "not installed".
        app_is_published: one that is not is unknown to the marketplace.
        salons_first_page: how the pages of the list of salons are counted: from 1, or from 0.
        refund_freezes: whether a refund of the current period switches the app off; in life within an hour.
        announces_payments: Altegio tells the app of payments; YClients' documentation does not mention it.
        accept_status: what a request without the v2 media type is answered.
        is_limited: whether 5 requests a second and 200 a minute are enforced.
        says_retry_after: whether a 429 carries ``Retry-After``; nobody has seen one.
        everybody_consents: a salon that nobody connected counts as connected at the first question.
        licence_is_unpaid: the search for clients answers 402.
        deleted_record_status: what reading a deleted record answers: 200 with ``deleted``, or 404.
        booked_is_a_list: a new record is answered as a list of one, as the documentation shows it.
        says_booking_code: refused bookings carry their numeric code, in the old shape beside the new one.
        booking_times_are_unix: dates and times of free slots are numbers, as in the oldest samples.
        type_chaos: a seed, by which fields of REST and of webhooks are texts, numbers, empty lists, or new.
        operator_url: where the app takes messages to send; agreed with YClients, nobody knows how.
        hook_delay: seconds between a change and its webhook; five in life.
        hook_timeout: how long a webhook waits for its answer; ten or fifteen seconds, as sources say.
        hook_retries: how often a webhook is tried again after 5xx, 429 or no answer: some say never, some twice.
        hook_company_resource: what a change of the salon itself is called: ``company`` or ``salon``.
        hook_updates_per_edit: how many times one edit is told.
        hooks_are_held: webhooks wait until a test sends them, in the order that it likes.
        hook_chaos: a seed, by which some webhooks are lost, come twice or in another order.
        install_url: where the owner's browser goes after Connect.
        callback_url: where the app hears what became of its installations.
    """

    pending_ttl: float = 3600
    expired_status: int = 403
    expired_message: str = NO_RIGHTS
    pending_is_404: bool = False
    app_is_published: bool = True
    salons_first_page: int = 1
    refund_freezes: bool = True
    announces_payments: bool = False
    accept_status: int = 401
    is_limited: bool = False
    says_retry_after: bool = False
    everybody_consents: bool = False
    licence_is_unpaid: bool = False
    deleted_record_status: int = 200
    booked_is_a_list: bool = False
    says_booking_code: bool = False
    booking_times_are_unix: bool = False
    type_chaos: int | None = None
    operator_url: str = ""
    hook_delay: float = 0
    hook_timeout: float = 10
    hook_retries: int = 0
    hook_retry_pause: float = 1.5
    hook_company_resource: str = "company"
    hook_updates_per_edit: int = 1
    hooks_are_held: bool = False
    hook_chaos: int | None = None
    install_url: str = "http://localhost:3000/marketplace/install"
    callback_url: str = ""
