"""A phone is linked: one commit, once, to one company."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from aiadmin.container import Container
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.errors import (
    NumberTakenError,
)
from aiadmin.domain.ids import DeviceId, HostId
from aiadmin.services.pairing import pairings
from tests.support.linked_salons import complete, register


def test_success_is_one_commit_and_releases_the_activation(container: Container) -> None:
    company_id = register(container).company.company_id
    assert pairings.begin(company_id, uow=container.uow) is IntegrationStatus.PAIRING
    linked = complete(container, company_id, "79001112233:7@s.whatsapp.net")
    with container.uow() as work:
        company, device = work.companies.get(company_id), work.devices.find_current(company_id)
        due = work.outbox.due_keys(container.clock())
    assert company.whatsapp_connected
    assert company.whatsapp_phone == "79001112233"
    assert company.integration_status is IntegrationStatus.ACTIVATING
    assert device is not None
    assert device.jid == "79001112233:7@s.whatsapp.net"
    assert [row.number for row in due] == [linked.outbox_id]


def test_telling_the_same_success_twice_changes_nothing(container: Container) -> None:
    company_id = register(container).company.company_id
    first = complete(container, company_id, "79001112233:7@s.whatsapp.net")
    again = complete(container, company_id, "79001112233:7@s.whatsapp.net")
    assert first == again
    with container.uow() as work:
        assert len(work.devices.list_page(after=DeviceId(0), limit=2)) == 1


def test_a_number_serves_one_company(container: Container) -> None:
    one, two = register(container, 1).company.company_id, register(container, 2).company.company_id
    complete(container, one, "79001112233:7@s.whatsapp.net")
    with pytest.raises(NumberTakenError):
        complete(container, two, "79001112233:8@s.whatsapp.net")
    with container.uow() as work:
        assert not work.companies.get(two).whatsapp_connected


def test_linking_again_retires_the_former_device(container: Container) -> None:
    company_id = register(container).company.company_id
    complete(container, company_id, "79001112233:7@s.whatsapp.net")
    complete(container, company_id, "79001112233:8@s.whatsapp.net")
    host_id = HostId(uuid.uuid4())
    with container.uow() as work:
        work.hosts.add(host_id, lease=timedelta(hours=1), capacity=9)
        taken = work.devices.adopt(host_id, limit=10, now=container.clock())
        work.commit()
    assert sorted((device.jid, device.desired.value) for device in taken) == [
        ("79001112233:7@s.whatsapp.net", "removed"),
        ("79001112233:8@s.whatsapp.net", "on"),
    ]
