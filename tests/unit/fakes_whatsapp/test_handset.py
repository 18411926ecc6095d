"""Two phones through the server, without any client: what they say, what they confirm, what they ask for again."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.fakes.whatsapp.contents import pack, unpack
from tests.fakes.whatsapp.faults import Fault
from tests.fakes.whatsapp.handset import Handset, MessagingError
from tests.fakes.whatsapp.mailbox import Mailbox
from tests.fakes.whatsapp.node import Jid, Node
from tests.fakes.whatsapp.protos import Message
from tests.fakes.whatsapp.server import Server

ANNA, BORIS = "79990000001", "79990000002"
Story = Callable[[Server, Handset, Handset], Coroutine[Any, Any, None]]


def tell(story: Story) -> None:
    """Let *story* happen between Anna's phone and Boris's."""
    server = Server()
    phones = [server.post.handset(server.directory.account(phone)) for phone in (ANNA, BORIS)]
    # on a thread of its own: the run's browser keeps an event loop in this one
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, story(server, *phones)).result()


def test_a_text_arrives_and_is_marked_delivered_then_read() -> None:
    async def story(server: Server, anna: Handset, boris: Handset) -> None:
        sent = await anna.write(server.directory.account(BORIS), "Привет")
        assert boris.entry(sent.message_id).text == "Привет"
        assert (sent.delivered_at is None, sent.read_at) == (False, None)
        await boris.read([sent.message_id])
        assert sent.read_at is not None

    tell(story)


def test_a_phone_that_is_off_gets_it_when_switched_on_and_cannot_write() -> None:
    async def story(server: Server, anna: Handset, boris: Handset) -> None:
        await boris.switch(on=False)
        sent = await anna.write(server.directory.account(BORIS), "Привет")
        assert (boris.log, sent.delivered_at) == ({}, None)
        with pytest.raises(MessagingError, match="phone-off"):
            await boris.write(server.directory.account(ANNA), "Нет меня")
        await boris.switch(on=True)
        assert list(boris.log) == [sent.message_id]
        assert sent.delivered_at is not None

    tell(story)


@pytest.mark.parametrize(("times", "arrives"), [(1, True), (4, True), (5, False)])
def test_a_spoilt_message_is_asked_for_up_to_four_times(times: int, arrives: bool) -> None:
    async def story(server: Server, anna: Handset, boris: Handset) -> None:
        server.faults.arm(Fault("undecryptable", BORIS, times))
        sent = await anna.write(server.directory.account(BORIS), "Секрет")
        assert (sent.message_id in boris.log) is arrives
        assert len(server.journal.entries("undecryptable")) == times

    tell(story)


@pytest.mark.parametrize("addressing", ["lid", "pn", "hidden"])
def test_phones_understand_each_other_in_every_addressing(addressing: str) -> None:
    async def story(server: Server, anna: Handset, boris: Handset) -> None:
        sent = await anna.write(server.directory.account(BORIS), "Раз", addressing=addressing)
        answer = await boris.write(server.directory.account(ANNA), "Два", sent.message_id, addressing=addressing)
        assert anna.entry(answer.message_id).quoted == sent.message_id
        assert None not in (sent.delivered_at, answer.delivered_at)

    tell(story)


def test_the_server_journal_never_says_what_was_written() -> None:
    async def story(server: Server, anna: Handset, _boris: Handset) -> None:
        await anna.write(server.directory.account(BORIS), "Тайна")
        assert "Тайна" not in str(server.journal.entries())

    tell(story)


def test_a_packed_message_unpacks_with_and_without_the_wrapping_for_own_devices() -> None:
    plain, wrapped = Message(conversation="x"), Message()
    wrapped.deviceSentMessage.message.CopyFrom(plain)
    assert unpack(pack(plain)) == unpack(pack(wrapped)) == plain


def test_a_mailbox_keeps_what_is_not_confirmed_and_tells_receipts_apart() -> None:
    mailbox = Mailbox()
    message = Node("message", {"id": "A", "from": Jid("1", "lid"), "type": "text"})
    receipts = [Node("receipt", {"id": "A"}), Node("receipt", {"id": "A", "type": "read"})]
    for stanza in (message, *receipts):
        mailbox.put(stanza)
    mailbox.confirm("receipt", "A", "read")
    assert mailbox.waiting() == [message, receipts[0]]
    mailbox.confirm("message", "A")
    mailbox.confirm("receipt", "A")
    assert mailbox.waiting() == []
