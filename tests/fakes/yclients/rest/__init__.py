"""The REST API under `/api/v1`. Each module holds one kind of thing and is a list of routes around one world."""

from tests.fakes.yclients.rest.catalogue import Catalogue
from tests.fakes.yclients.rest.clients import Clients
from tests.fakes.yclients.rest.company import Companies
from tests.fakes.yclients.rest.hooks_settings import HooksSettings
from tests.fakes.yclients.rest.records import Records
from tests.fakes.yclients.rest.staff import Staff

REST = (Companies, Catalogue, Staff, Clients, Records, HooksSettings)
