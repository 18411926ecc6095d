"""Devices on a real PostgreSQL: each is one host's."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

from aiadmin.container import Container
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.ids import HostId
from tests.support.linked_salons import complete, register

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_two_hosts_never_take_one_device_and_an_old_epoch_writes_nothing(container: Container) -> None:
    for salon in range(1, 21):
        company_id = register(container, salon).company.company_id
        complete(container, company_id, f"790011122{salon:02}:1@s.whatsapp.net")
    hosts = [HostId(uuid.uuid4()), HostId(uuid.uuid4())]
    with container.uow() as work:
        for host_id in hosts:
            work.hosts.add(host_id, lease=timedelta(seconds=60), capacity=99)
        work.commit()
    taken: dict[HostId, list[int]] = {host_id: [] for host_id in hosts}

    def adopt(host_id: HostId) -> None:
        for _ in range(10):
            with container.uow() as work:
                devices = work.devices.adopt(host_id, limit=3, now=container.clock())
                work.commit()
            taken[host_id] += [device.device_id for device in devices]

    threads = [threading.Thread(target=adopt, args=(host_id,)) for host_id in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = taken[hosts[0]] + taken[hosts[1]]
    assert len(everything) == len(set(everything)) == 20
    with container.uow() as work:
        one = work.devices.held_by(hosts[0])[0] if taken[hosts[0]] else work.devices.held_by(hosts[1])[0]
        assert not work.devices.observe(
            one.device_id, epoch=one.epoch - 1, observed=Observed.ONLINE, reason=None, at=NOW
        )
        assert work.devices.observe(one.device_id, epoch=one.epoch, observed=Observed.ONLINE, reason=None, at=NOW)
        work.commit()
