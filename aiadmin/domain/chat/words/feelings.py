"""What people add to a yes out of joy, impatience, regret or courtesy, as data: none of it changes what is agreed.

All are dictionary forms, but for the small words. A word belongs here if it says how somebody feels about a visit,
and nothing of what is done there, when, by whom or for whom.
"""

from __future__ import annotations

EAGER = frozenset(
    """
    ждать дождаться нетерпение предвкушение лететь бежать мчаться мчать нестись спешить торопиться скакать
    удовольствие радость соскучиться скучать бегу лечу мчу
    """.split()  # noqa: SIM905 - a table
)
"""What is said of a visit that somebody longs for: by itself it answers whether they come."""
GLAD = EAGER | frozenset(
    """
    рад рада рады радостный восторг мечтать мечта готовиться подготовиться настроиться собираться собраться ура
    вау ух уау класс супер кайф красота счастье счастливый счастлив благодарный благодарен любить обожать
    обнимать обнять целовать выручить выручать спасти спасать порадовать обрадовать обрадоваться довольный
    доволен здорово круто классно чудесно прекрасно замечательно шикарно отлично великолепно молодец умница
    умничка красавица солнышко лапочка золото чудо добрый здоровье бог благодарить помнить конечно непременно
    обязательно наконец
    """.split()  # noqa: SIM905 - a table
)
"""What is said in joy, in impatience and in thanks."""
SORRY = frozenset(
    """
    жаль жалко сожаление прощение прощать простить извинить извиняться извинение неудобно стыдно совестно
    грустно обидно печально досадно неловко беспокойство расстроить расстроиться увы эх обстоятельство
    получиться случиться дело бывать жизнь
    """.split()  # noqa: SIM905 - a table
)
"""What is said in regret, beside a visit that is to be off."""
KEPT = frozenset("дождаться терпеться пропустить упустить забыть опоздать подвести передумать".split())  # noqa: SIM905
"""Verbs whose denial says that somebody comes: "не забуду", "не пропущу", "не могу дождаться"."""
ARRANGED = frozenset(
    """
    отпроситься отпросить освободить освободиться отложить отодвинуть подвинуть перенести договориться
    подготовиться настроиться собраться поменяться запланировать спланировать отметить подстроиться разгрести
    доделать
    """.split()  # noqa: SIM905 - a table
)
"""What clients have done so that they can come: "отпросилась с работы пораньше"."""
URGED = frozenset({"скорее", "скорей", "поскорее", "поскорей", "быстрее", "быстрей", "побыстрее"})
"""What is wished to be soon, beside "бы": "скорее бы!"; "пораньше бы" wishes for another time."""
AROUND_FEELINGS = frozenset(
    """
    очень так такой такая такое такие уже прям прямо вся весь все всей всегда сильно безумно ужасно жутко
    страшно просто правда честно ну же ж и а то вот как это этого этому этим этом об о с со по к ко от на за в
    бы уж аж хоть столько мне меня я мы нас нам вам вас вами вы ваш ваша ваше ваши вашей вашего тебе тебя ты она
    он они ее его ей ему еле буду будем будет была был были дай дни минуты секунды считаю считаем туда самой
    самому лично что будьте прошу больше большое целую встречи встречу встрече
    """.split()  # noqa: SIM905 - a table
)
"""Small words that stand beside a feeling and say nothing by themselves."""
DOUBTFUL_PICTURES = frozenset("🤔🙄😒👎❌🚫✖➖😡😠🤬🖕❓⁉😤😑😐🥴🤷")
"""Pictures that may take a yes back."""
TAKING = frozenset(
    """
    записать записывать вписать вписывать писать пиши оформить оформлять бронировать забронировать фиксировать
    зафиксировать ставить поставить держать придержать оставить оставлять забирать забрать брать взять занять занимать
    чиркнуть черкнуть закрепить закреплять забить забивать вбить внести вносить заносить занести
    """.split()  # noqa: SIM905 - a table
)
"""Verbs by which what is offered is taken, asked of us or said of oneself: "фиксируй", "забираю"."""
TAKEN = frozenset(
    """
    меня нас мне нам его ее это этот эту время вариант окошко окно место за мной нами на мое имя бронь уже тогда так
    да прям прямо же ну уж
    """.split()  # noqa: SIM905 - a table
)
"""What is taken, where nothing else is said of it."""
