"""Words of a wish that nobody has read are asked about once, and nothing is proposed over them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.commands import Unread
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.booking import NoSuchService
from aiadmin.domain.chat.parts.talk import NotRead
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, NeedStarts, Reply
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.journal.online_booking import Start
from tests.support.chat_turns import ARTEM, BEARD, CUT, NOW, TOMORROW, answer_to, situation, understood
from tests.support.examples import examples
from tests.support.reading import turns

FREE = {
    NeedStarts(services=(CUT,), staff_id=ARTEM, day=TOMORROW): [
        Start(wall_clock=datetime.combine(TOMORROW, time(15)), token="t", length=timedelta(hours=1))
    ]
}
WISH = ("запишите", "на", "мужскую", "стрижку", "к", "Артёму", "завтра", "в", "15:00")
PLACES, BESIDE = (1, 4, 6, 9), (1, 4)
"""Where another word stands in the wish and parts nothing that belongs together; and where it needs no «и»."""
STRANGE = ("тейпы", "камуфляж", "бразильянку", "скальп", "винир", "карбокси", "фланель", "абажур", "кессон")


def _asked(reply: Reply) -> Situation:
    ask = OpenAsk(kind=AskKind.QUESTION, sent_at=NOW)
    return situation(dialogue=reply.dialogue, asks=(ask,))


def _is_about(reply: Reply, word: str) -> bool:
    """Whether the reply names the word that was not read."""
    unread = [one for part in reply.parts if isinstance(part, NotRead) for one in part.words]
    return word in unread or any(isinstance(one, NoSuchService) and word in one.said for one in reply.parts)


@settings(max_examples=examples(60), deadline=None)
@given(
    word=st.sampled_from(STRANGE),
    place=st.sampled_from(PLACES),
    joint=st.sampled_from(("", "и", "плюс", "с", "без", "на")),
)
def test_no_visit_is_proposed_past_a_word_that_may_name_a_service(word: str, place: int, joint: str) -> None:
    assume(joint or place in BESIDE)
    words = [*WISH[:place], *filter(None, (joint, word)), *WISH[place:]]

    reply = answer_to(" ".join(words), situation(), journal=FREE)

    assert reply.proposal is None
    assert _is_about(reply, word), reply


def test_without_such_a_word_the_visit_is_proposed() -> None:
    assert answer_to(" ".join(WISH), situation(), journal=FREE).act is Act.OFFER


@pytest.mark.parametrize("answer", ["неважно", "нет", "без этого", "на мужскую стрижку завтра в 15:00"])
def test_what_is_not_needed_or_said_otherwise_lets_the_wish_go_on(answer: str) -> None:
    asked = answer_to("на мужскую стрижку к Артёму завтра в 15:00 с камуфляжем", situation(), journal=FREE)
    assert asked.dialogue.asked is Asked.MEANING

    reply = answer_to(answer, _asked(asked), journal=FREE)

    assert reply.act is Act.OFFER


@pytest.mark.parametrize("answer", ["да", "ну камуфляж же", "ывапр"])
def test_what_is_not_read_the_second_time_is_for_a_human(answer: str) -> None:
    asked = answer_to("на мужскую стрижку к Артёму завтра в 15:00 с камуфляжем", situation(), journal=FREE)

    reply = answer_to(answer, _asked(asked), journal=FREE)

    assert reply.act is Act.HAND_OVER
    assert reply.hand_over is HandOverReason.NOT_UNDERSTOOD
    assert reply.dialogue.unread == ()


def test_a_word_of_an_earlier_message_is_not_forgotten() -> None:
    first = answer_to("на стрижку с камуфляжем", situation(), journal=FREE)
    assert first.proposal is None

    reply = answer_to("завтра в 15:00 к Артёму", _asked(first), journal=FREE)

    assert reply.proposal is None


@pytest.mark.parametrize(
    "remark",
    [
        "у меня совещание",
        "муж похвалил",
        "вчера соседка звонила",
        "кошмар на голове",
        "еду мимо",
        "а то вечером внука забирать",
        "потому что днём у сына тренировка",
        "на свадьбу иду",
        "на работе аврал",
        "в школе карантин",
        "такой завал",
        "хотелось бы вклиниться",
        "голова болит от дел",
        "еду с вокзала как раз",
        "корни отросли ужас",
        "ахахах",
        "Людмила посоветовала",
        "из-за погоды",
        "перед спектаклем",
        "плечо в татуировках",
    ],
)
def test_a_remark_is_asked_nothing_about(remark: str) -> None:
    reply = answer_to(f"{' '.join(WISH)}, {remark}", situation(), journal=FREE)

    assert reply.act is Act.OFFER, reply


@pytest.mark.parametrize(
    "text",
    [
        "мужскую стрижку, берёте завтра в 15?",
        "хочу купить стрижку на завтра",
        "мужскую стрижку завтра в 15, погодите с ответом",
        "перенесите мою запись на завтра, форс-мажор с прорабом",
        "отмените мою запись на завтра, сантехник не пришёл",
        "а стойте, мужскую стрижку завтра",
        "dobryi den, mozhno muzhskuyu strizhku zavtra",
        "есть два места подряд на мужскую стрижку завтра?",
        "шеф, мужскую стрижку завтра в 15, нырну к вам после работы",
        "красавчики, хочу заскочить на мужскую стрижку завтра",
        "мужскую стрижку завтра у кого нибудь",
        "роскошную мужскую стрижку завтра в 15",
        "капуста на голове, мужскую стрижку завтра",
        "мужскую стрижку завтра, сантехник звонил",
        "мужскую стрижку завтра, голова заросла, волос сантиметров по десять",
    ],
)
def test_words_of_talk_of_life_and_of_changes_are_no_words_of_the_wish(text: str) -> None:
    assert not [one for one in understood(text, situation()) if isinstance(one, Unread)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("перенесите мою запись на завтра и добавьте тейпы", "тейпы"),
        ("мужскую стрижку завтра в 15, у меня времени до 16, с камуфляжем", "камуфляжем"),
        ("нас восемнадцать, всем мужскую стрижку завтра в 15", "восемнадцать"),
        ("японскую стрижку мужскую завтра в 15", "японскую"),
        ("мужскую стрижку завтра в 15 и загримируйте", "загримируйте"),
        ("мужскую стрижку 14 завтра в 15:00", "14"),
    ],
)
def test_numbers_kinds_and_requests_count_as_words_of_the_wish(text: str, word: str) -> None:
    assert [one.text for one in understood(text, situation()) if isinstance(one, Unread)] == [word]


@pytest.mark.parametrize(
    "text", ["𗀀", "запишите на стрижку завтра в 15 𗀀", "на 🪒 стрижку ﷽", "стрижка Ⅷ завтра", "AAA𗀀", "стриж𗀀"]
)
def test_letters_that_no_dictionary_knows_are_no_words(text: str) -> None:
    assert not [one for one in understood(text, situation()) if isinstance(one, Unread)]


def test_few_words_of_known_wishes_are_not_read() -> None:
    """What clients write is read nearly all: a question about each third wish would be none."""
    labelled = [turn for name in ("lavanda.jsonl", "trades.jsonl", "answers.jsonl") for turn in turns(name)]
    asked = [turn.text for turn in labelled if any(isinstance(one, Unread) for one in turn.read())]

    assert len(asked) <= 0.03 * len(labelled), asked


@pytest.mark.parametrize("text", ["запишите на маделяж завтра", "запишите на маделяж", "можно завтра на маделяж?"])
def test_a_slip_too_far_to_be_sure_is_asked_about_by_the_service_it_may_be(text: str) -> None:
    """That there is no such service was said of what the salon has under another spelling."""
    reply = answer_to(text, situation(), journal=FREE)

    assert reply.parts[0] == NotRead(words=("маделяж",), supposed=(BEARD,))
    wish = advance(reply.dialogue, understood("да", _asked(reply)), _asked(reply))
    assert (wish.services, wish.unread) == ((BEARD,), ())


def test_what_a_slip_may_be_comes_on_top_of_what_is_named() -> None:
    reply = answer_to("мужская стрижка и маделяж завтра", situation(), journal=FREE)

    assert reply.parts[0] == NotRead(words=("маделяж",), supposed=(BEARD,))
    for text, services in (("да", (CUT, BEARD)), ("нет", (CUT,)), ("неважно", (CUT,))):
        wish = advance(reply.dialogue, understood(text, _asked(reply)), _asked(reply))
        assert (wish.services, wish.unread) == (services, ()), text


@pytest.mark.parametrize("word", ["абажур", "тейпы", "скальп", "маникен", "мелирование"])
def test_a_word_that_is_like_none_of_ours_supposes_nothing(word: str) -> None:
    found = [one for one in understood(f"мужская стрижка и {word} завтра", situation()) if isinstance(one, Unread)]

    assert all(one.near == () for one in found)
