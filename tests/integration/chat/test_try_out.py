"""The try-out: the bot answers from the live journal, and nothing is written or sent."""

from __future__ import annotations

from click.testing import CliRunner, Result

from aiadmin.cli import cli
from aiadmin.cli.bot_chat import shown, why
from aiadmin.domain.chat.remembered import RememberedChat
from aiadmin.services.chat.try_out import TriedTurn
from tests.support.played_salon import MARIAS_PHONE, SALON, PlayedSalon

TABLES = ("outbox_messages", "inbox_messages", "contacts")


def _say(played: PlayedSalon, *says: str, phone: str | None = None) -> list[TriedTurn]:
    chat, turns = RememberedChat(), []
    for words in says:
        turn, chat = played.box.try_out.say(played.company_id, chat, words, phone=phone)
        turns.append(turn)
    return turns


def _rows(played: PlayedSalon) -> list[int]:
    return [played.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]  # noqa: S608 - our own words


def test_a_booking_is_talked_through_and_not_made(played: PlayedSalon) -> None:
    played.play()
    before = _rows(played)
    offered, done = _say(played, "запишите на маникюр с покрытием к Ирине завтра на 15", "да", phone=MARIAS_PHONE)
    assert "15:00" in offered.text
    assert offered.reply.proposal is not None
    assert done.agreed is not None
    assert "15:00" in done.text
    assert played.yclients.writes(SALON) == []
    assert _rows(played) == before


def test_why_shows_what_was_understood_looked_up_and_decided(played: PlayedSalon) -> None:
    played.play()
    [turn] = _say(played, "что есть на завтра на маник без покрытия")
    lines = [*why(turn)]
    assert "  NamedService(ids=202)" in lines
    [looked_up] = [
        line for line in lines if line.startswith("  NeedStarts(services=202, staff_id=4, day=2026-03-12)")
    ]
    assert "12.03 10:00" in looked_up
    assert lines[lines.index("Decided:") + 1].startswith("  options, asks ")
    assert next(iter(shown(turn))) == f"bot> {turn.text}"


def test_no_answer_of_yclients_is_told_as_such(played: PlayedSalon) -> None:
    played.play()
    played.yclients.method_faults(book_times="down", book_staff_seances="down", book_dates="down")
    [turn] = _say(played, "запишите на маникюр с покрытием к Ирине завтра на 15", phone=MARIAS_PHONE)
    assert any("YClients did not answer" in line for line in why(turn))
    assert turn.reply.proposal is None


def test_in_a_terminal_the_salon_is_told_nothing(played: PlayedSalon) -> None:
    played.play()
    before = _rows(played)
    lines = _chat(played, "?", "позовите администратора", "?").output
    assert "Nothing was said yet." in lines
    assert "(the salon's own number would read: " in lines
    assert "hand_over, asks nothing, human" in lines
    assert _rows(played) == before


def test_a_phone_that_is_none_is_refused(played: PlayedSalon) -> None:
    result = _chat(played, phone="12")
    assert (result.exit_code, "'12' is no phone number" in result.output) == (1, True)


def _chat(played: PlayedSalon, *lines: str, phone: str | None = None) -> Result:
    arguments = ["bot", "chat", str(played.company_id), *([] if phone is None else ["--phone", phone])]
    config = played.box.config
    given = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url, "JWT_SECRET": config.jwt_secret}
    return CliRunner(env=given | played.yclients.env()).invoke(cli, arguments, input="\n".join([*lines, ""]))
