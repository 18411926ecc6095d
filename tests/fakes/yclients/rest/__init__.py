"""The REST API under `/api/v1`. Each module holds one kind of thing and is a list of routes around one world."""

from tests.fakes.yclients.rest.booking import Booking
from tests.fakes.yclients.rest.booking_offers import BookingOffers
from tests.fakes.yclients.rest.catalogue import Catalogue
from tests.fakes.yclients.rest.client_writes import ClientWrites
from tests.fakes.yclients.rest.clients import Clients
from tests.fakes.yclients.rest.company import Companies
from tests.fakes.yclients.rest.hooks_settings import HooksSettings
from tests.fakes.yclients.rest.online_rules import OnlineRules
from tests.fakes.yclients.rest.partner_records import PartnerRecords
from tests.fakes.yclients.rest.record_writes import RecordWrites
from tests.fakes.yclients.rest.records import Records
from tests.fakes.yclients.rest.staff import Staff

REST = (
    Companies,
    Catalogue,
    Staff,
    Clients,
    ClientWrites,
    PartnerRecords,
    Records,
    RecordWrites,
    BookingOffers,
    Booking,
    OnlineRules,
    HooksSettings,
)
"""`PartnerRecords` goes before `Records`: `partner` stands where the salon's number does."""
