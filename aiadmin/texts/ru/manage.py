"""The catalogue's part for the management page: states, statuses and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.journal.sync_retry import Failure
from aiadmin.domain.journal.sync_run import RunState, Stage
from aiadmin.domain.language import Language
from aiadmin.domain.manage.salon_state import OF_OBSERVED, SalonState, StateKind
from aiadmin.domain.messages.message import MessageReason
from aiadmin.domain.messages.message_log import Author, MessageStatus
from aiadmin.texts import ru
from aiadmin.texts.ru import formatting as wording

NO_PHONE = "Телефон не подключён."
_SESSIONS: Mapping[Observed, str] = {
    Observed.LINKED: "Телефон подключён, выходим на связь.",
    Observed.STARTING: "Выходим на связь с WhatsApp.",
    Observed.ONLINE: "На связи.",
    Observed.DEGRADED: "WhatsApp отвечает с задержкой: сообщения подождут.",
    Observed.RECONNECTING: "Связь прервалась, восстанавливаем.",
    Observed.BACKOFF: "WhatsApp не отвечает, пробуем снова сами.",
    Observed.CONFLICT: "Это подключение открыто где-то ещё. Скоро попробуем снова.",
    Observed.BANNED: "WhatsApp временно ограничил номер. Откройте WhatsApp на телефоне салона: там указан срок.",
    Observed.OUTDATED: "WhatsApp требует обновления. Мы уже знаем и обновляем сервис.",
    Observed.LOGGED_OUT: ru.DISCONNECTED,
}


def session(observed: Observed, reason: str | None) -> str:
    """What an owner reads of a session's state."""
    return ru.logged_out(reason) if observed is Observed.LOGGED_OUT else _SESSIONS[observed]


STATES: Mapping[StateKind, str] = {
    StateKind.UNINSTALLED: ru.ACTIVATION["uninstalled"],
    StateKind.FROZEN: ru.ACTIVATION["frozen"],
    StateKind.NO_PHONE: "Телефон салона не подключён: клиентам ничего не уходит. Подключите телефон.",
    StateKind.ALL_PAUSED: "Сообщения всех салонов на паузе{since}. Мы отпустим их сами, ничего делать не нужно.",
    StateKind.PAUSED: "Сообщения этого салона на паузе{since}. Чтобы они пошли снова, включите отправку в «Обзоре».",
    StateKind.NO_HOST: "WhatsApp салона не на связи: сервис сейчас не работает. Мы запускаем его снова.",
    StateKind.WAITS_FOR_HOST: "WhatsApp салона не на связи: ждёт, когда сервис его запустит.",
    StateKind.SWITCHED_OFF: "WhatsApp салона выключен, пока приложение приостановлено.",
    **{kind: _SESSIONS[observed] for observed, kind in OF_OBSERVED.items() if kind is not None},
    StateKind.LOGGED_OUT: "{reason}",
    StateKind.NO_RECORDS: "Напоминаний не будет: приложению не дали право видеть записи. "
    "Откройте в YClients права приложения AI Admin и включите доступ к журналу записи.",
    StateKind.NO_CLIENTS: "Писать некому: приложению не дали право видеть клиентов. "
    "Откройте в YClients права приложения AI Admin и включите доступ к клиентам.",
    StateKind.NO_PHONES: "Сообщения получат не все: приложению не дали право видеть телефоны. "
    "Откройте в YClients права приложения AI Admin и включите доступ к телефонам клиентов.",
    StateKind.NO_ATTENDANCE: "Ответы «приду» не попадут в журнал: приложению не дали право менять статус визита. "
    "Откройте в YClients права приложения AI Admin и включите изменение записей.",
    StateKind.NO_BOOK: "Бот не записывает клиентов сам, только передаёт пожелания: приложению не дали право "
    "создавать записи. Откройте в YClients права приложения AI Admin и включите создание записей.",
    StateKind.NO_MOVE: "Бот не переносит записи сам, только передаёт просьбы: приложению не дали право переносить "
    "записи. Откройте в YClients права приложения AI Admin и включите изменение и перенос записей.",
    StateKind.NO_CANCEL: "Бот не отменяет записи сам, только передаёт просьбы: приложению не дали право удалять "
    "записи. Откройте в YClients права приложения AI Admin и включите удаление записей.",
    StateKind.JOURNAL_UNREAD: "Журнал салона не читается. {reason}",
    StateKind.NOTICES_OFF: "Все уведомления выключены: клиенты не получают ничего. Включите нужные в «Текстах».",
    StateKind.UNTOLD: "За неделю не смогли предупредить об отмене или переносе: {records}. "
    "Кому позвонить, мы написали в чат салона с самим собой.",
    StateKind.UNCALLED: "За неделю не смогли предупредить об отмене или переносе: {records}. "
    "Позвоните этим клиентам сами: сейчас мы не можем написать салону, кому именно.",
    StateKind.IMPORTED: "За неделю сразу появилось много записей, похоже на перенос из другой программы: {records}. "
    "О них клиентам не писали, напоминания придут как обычно.",
}
"""How a salon stands: the same words on the page, in `companies show` and in `doctor`."""


def state(one: SalonState, zone: str) -> str:
    """What is said of a state; times are those of the salon's clock."""
    return STATES[one.kind].format(
        since="" if one.since is None else f" с {_moment(one.since.astimezone(ZoneInfo(zone)))}",
        records="" if one.count is None else wording.count(one.count, "запись", "записи", "записей"),
        reason=ru.logged_out(one.reason)
        if one.kind is StateKind.LOGGED_OUT
        else SYNC_FAILURES.get(one.reason or "", ""),
    )


def _moment(local: datetime) -> str:
    return f"{local:%d.%m}, {wording.clock(local)}"


WEBHOOK_SETTINGS: Mapping[str, str] = {
    "ours": "YClients сообщает нам об изменениях в журнале.",
    "missing": "YClients не сообщает нам об изменениях: адреса событий салона заменило другое приложение. "
    "Изменения узнаём сами раз в десять минут.",
    "inactive": "События салона в YClients выключены. Изменения узнаём сами раз в десять минут.",
}
"""By `companies.webhooks_state`."""

SYNC_STATES: Mapping[RunState, str] = {
    RunState.WAITING: "Ждёт своей очереди.",
    RunState.RUNNING: "Читаем журнал.",
    RunState.DONE: "Журнал прочитан.",
    RunState.FAILED: "Не получилось прочитать журнал, попробуем ещё раз.",
    RunState.PAUSED: "Чтение остановлено: YClients не пускает нас в журнал.",
}
SYNC_STAGES: Mapping[Stage, str] = {
    Stage.COMPANY: "данные салона",
    Stage.CATEGORIES: "категории услуг",
    Stage.SERVICES: "услуги",
    Stage.STAFF: "мастера",
    Stage.SCHEDULE: "расписание",
    Stage.CLIENTS: "клиенты",
    Stage.RECORDS: "записи",
    Stage.HORIZON: "новые дни журнала",
    Stage.CHANGES: "изменения",
    Stage.WEEK: "сверка недели",
    Stage.RIGHTS: "права приложения",
    Stage.WEBHOOKS: "события",
}
SYNC_FAILURES: Mapping[str, str] = {
    Failure.DOWN: "YClients не отвечает.",
    Failure.RATE_LIMITED: "YClients просит подождать.",
    Failure.KEY_REFUSED: "YClients не принимает ключ сервиса. Напишите в поддержку.",
    Failure.FORBIDDEN: "YClients не разрешает читать журнал: проверьте права приложения в YClients.",
    Failure.NOT_FOUND: "YClients не нашёл этот салон.",
    Failure.REFUSED: "YClients ответил не так, как мы ожидали. Мы разберёмся.",
}

LANGUAGES: Mapping[str, str] = {Language.RU: "русский", Language.EN: "английский (English)"}
"""What a salon's clients, and its people in WhatsApp, may be written to in."""

WHEN: Mapping[str, str] = {
    "reminder_day": "накануне в {day_at}",
    "reminder_hours": "за {hours_before} ч до визита",
    "reminder_again": "без ответа через {again_after} ч",
    "review": "через {review_after} ч после визита",
}
"""When a notice is sent, by the settings of its card; all others are sent at once."""
AT_ONCE = "сразу"

PURPOSES: Mapping[str, str] = {
    "manual": "Вручную",
    "staff": "Из кабинета",
    "trial": "Проверка текста",
    "booked": "Новая запись",
    "moved": "Перенос",
    "changed": "Изменение записи",
    "cancelled": "Отмена",
    "reminder_day": "Напоминание за день",
    "reminder_hours": "Напоминание перед визитом",
    "reminder_again": "Повторный вопрос",
    "review": "Просьба об отзыве",
    "reply": "Ответ клиенту",
    "provider": "Уведомление YClients",
}
"""By `outbox_messages.purpose`."""
MESSAGE_REASONS: Mapping[str, str] = {
    MessageReason.EXPIRED: "устарело, пока ждало отправки",
    MessageReason.HOST_LOST: "связь прервалась во время отправки: дошло ли, неизвестно",
    MessageReason.TIMEOUT: "WhatsApp не ответил: дошло ли, неизвестно",
    MessageReason.DISCONNECTED: "связь прервалась во время отправки",
    MessageReason.NOT_CONNECTED: "ждёт связи с WhatsApp",
    MessageReason.NUMBER_UNANSWERED: "WhatsApp пока не ответил, есть ли такой номер: спросим ещё раз",
    MessageReason.OPTED_OUT: "клиент отказался от сообщений",
    MessageReason.NOT_ON_WHATSAPP: "у клиента нет WhatsApp",
    MessageReason.REACHOUT_LOCKED: "WhatsApp пока не даёт писать первыми тем, кто вам не писал",
    MessageReason.UNENCRYPTED: "сбой у нас во время отправки: дошло ли, неизвестно",
    MessageReason.UNINSTALLED: "приложение удалено из салона",
    MessageReason.SUPERSEDED: "вместо него ушло более полное",
    MessageReason.UNLINKED: "салон подключил новый владелец: прежний телефон отключён",
    MessageReason.ERROR: "сбой во время отправки: дошло ли, неизвестно",
}


def new_entry(details: Mapping[str, Any]) -> str:
    """Among what has happened: a user of YClients came in for the first time, or an operator of ours."""
    if details.get("support"):
        return f"Кабинет открыл сотрудник поддержки. Причина: {details.get('reason')}"
    return f"Страницу впервые открыл пользователь YClients № {details.get('user_id')}"


def message_reason(reason: str | None) -> str | None:
    """Why a message stands where it does, or None where there is nothing to say."""
    return MESSAGE_REASONS.get(reason, "WhatsApp не принял сообщение") if reason else None


DONE: Mapping[str, str] = {
    "disconnected": "WhatsApp отключён. Переписка и настройки сохранились.",
    "not-linked": "Телефон не был подключён.",
    "retrying": "Сообщаем YClients ещё раз.",
    "reading": "Читаем журнал заново.",
    "in-hand": "Журнал уже читается.",
    "saved": "Настройки сохранены.",
    "paused": "Отправка на паузе. Клиентам ничего не уйдёт, пока вы её не включите.",
    "resumed": "Отправка включена.",
    "logged-out": "Вы вышли.",
    "logged-out-everywhere": "Вы вышли на всех устройствах.",
    "closed": "Вход на этом устройстве закрыт.",
    "was-closed": "Вход на этом устройстве уже был закрыт.",
    "trial": "Отправляем. Сообщение придёт в течение минуты, если WhatsApp салона на связи.",
}
"""What follows a button."""
REFUSED_TITLES: Mapping[str, str] = {
    "session-missing": "Откройте AI Admin из YClients",
    "session-expired": "Войдите ещё раз",
    "session-closed": "Вы вышли",
    "session-left": "Приложение удалено из салона",
}
"""Headings of a page that does not open, by the error; of all others the next."""
REFUSED_TITLE = "Ссылка не открывается"
DOUBLE_NOTICES = (
    "Клиенты могут получать всё дважды: включены наши уведомления, и YClients отправляет через нас свои. "
    "Выключите одни из них: наши выключаются в «Текстах», свои YClients отключает в настройках уведомлений."
)


def paid_until(day: date | None) -> str:
    """What is known of the payment."""
    if day is None:
        return "Оплат в YClients пока нет: идёт пробный период, или платить ещё рано."
    return f"Оплачено до {wording.days(datetime(day.year, day.month, day.day))['date_until']}."  # noqa: DTZ001 - a date


AFTER_FROZEN: Mapping[bool, str] = {
    True: "Приложение снова включено, сообщения пойдут.",
    False: "YClients пока не включил приложение: после оплаты это занимает несколько минут.",
}
"""Whether a salon goes on that was frozen and says that it has paid."""
MESSAGE_STATUSES: Mapping[MessageStatus, str] = {
    MessageStatus.QUEUED: "ждёт отправки",
    MessageStatus.SENT: "отправлено",
    MessageStatus.DELIVERED: "доставлено",
    MessageStatus.READ: "прочитано",
    MessageStatus.UNKNOWN: "неизвестно, дошло ли",
    MessageStatus.FAILED: "не отправлено",
    MessageStatus.CANCELLED: "отменено",
}
CHAT_LINES: Mapping[Author, str] = {
    Author.IN: "{words}",
    Author.OWN_PHONE: "Вы: {words}",
    Author.STAFF: "Вы: {words}",
    Author.OUT: "AI Admin: {words}",
}
"""The newest message in the list of chats."""
PAGE: Mapping[str, object] = {
    "statuses": MESSAGE_STATUSES,
    "lines": CHAT_LINES,
    "writtenBy": {Author.OWN_PHONE: "С телефона салона", Author.STAFF: "Из кабинета"},
    "unread": "непрочитанных: {count}",
    "nextVisit": "Ближайший визит",
    "laterVisit": "Потом",
    "lastVisit": "Был последний раз",
    "noVisit": "Ближайших визитов нет.",
    "optedOut": "Клиент просил не писать: уведомления и бот молчат.",
    "saidNow": "{name}: {words}",
    "humanHas": "отвечаете вы",
    "botHas": "отвечает бот",
    "giveBack": "Вернуть боту",
    "take": "Забрать у бота",
    "somebody": "клиент",
    "wordless": "Без текста",
    "week": "За неделю {statuses}",
    "quietWeek": "За неделю мы ничего не отправляли.",
    "stage": "Сейчас: {stage}.",
    "stagePage": "Сейчас: {stage}, {page} из {pages}.",
    "ownText": "{title}: ваш текст",
    "textReset": "Вернули стандартный текст.",
    "whole": "Показать целиком",
    "counter": "{count} из {most}",
    "noMessages": "Сообщений пока нет. Первое уйдёт, когда в журнале появится запись.",
    "noneFound": "Ничего не нашли по «{what}».",
    "textSaved": "Сохранено.",
    "kindOn": "«{title}»: отправляем.",
    "kindOff": "«{title}»: больше не отправляем.",
    "withdrawn": "не уйдёт: вы отменили отправку",
    "offline": "Нет связи с сервером. Проверьте интернет, мы пробуем снова.",
    "noAnswer": "Сервер не ответил как нужно. Повторите позже.",
}
"""What the page's script says by itself, by the names that it calls them."""
PAUSED = "Клиентам ничего не уходит, пока вы не включите отправку. Что пишете вы сами, уходит как обычно."


def week(statuses: Any) -> str:
    """How many messages of the last week stand where; the page's script says it likewise."""
    names = {one: MESSAGE_STATUSES[MessageStatus(one)] for one in statuses}
    counted = [f"{names[one]}: {wording.number(count)}" for one, count in statuses.items() if count]
    return str(PAGE["week"]).format(statuses=", ".join(counted)) if counted else str(PAGE["quietWeek"])


SECTIONS: Mapping[str, str] = {
    "overview": "Обзор",
    "chats": "Чаты",
    "sending": "Отправка",
    "texts": "Тексты",
    "bot": "Бот",
    "connection": "Подключение",
    "help": "Помощь",
}
"""The parts of a salon's pages, as the bar calls them."""
HELP: Sequence[tuple[str, str]] = (
    (
        "Клиент не получил сообщение. Почему?",
        "Откройте «Чаты» и найдите клиента по номеру: под каждым сообщением написано, что с ним стало. Чаще всего "
        "у клиента нет WhatsApp, он попросил не писать или сообщение ждёт конца тихих часов.",
    ),
    (
        "Как ответить клиенту?",
        "С телефона салона, как обычно, или прямо в «Чатах»: сообщение уйдёт с того же номера. Пока отвечаете вы, "
        "бот в этом чате молчит два часа; вернуть ему разговор можно кнопкой.",
    ),
    (
        "Можно ли не отправлять одно сообщение?",
        "Да: в «Отправке» видно, что уйдёт до конца завтрашнего дня, и у каждого сообщения есть «Не отправлять». "
        "Если визит потом перенесут, о новом времени мы напомним.",
    ),
    (
        "Когда уходят сообщения?",
        "О новой записи, переносе и отмене сразу, напоминания в часы, которые вы задали в «Текстах». В тихие часы "
        "мы не пишем, кроме ответов тем, кто пишет сам.",
    ),
    (
        "Как проверить текст до того, как его увидят клиенты?",
        "В «Текстах» под каждым сообщением есть «Отправить себе»: придёт то же самое, с придуманной записью.",
    ),
    (
        "Клиенты получают всё дважды",
        "Включены и наши уведомления, и уведомления YClients. Оставьте одни: свои YClients отключает в настройках "
        "уведомлений, наши выключаются в «Текстах».",
    ),
    (
        "Как поменять телефон?",
        "В «Подключении» нажмите «Сменить телефон» и отсканируйте код новым. Прежний работает, пока новый не готов.",
    ),
    (
        "WhatsApp отключился сам",
        "Так бывает, если телефон долго без интернета или AI Admin удалили из связанных устройств. Откройте "
        "«Подключение» и подключите телефон снова: настройки и переписка на месте.",
    ),
    (
        "Могут ли номер заблокировать?",
        "WhatsApp ограничивает номера, на которые жалуются. Поэтому мы пишем только вашим клиентам и о их записях, "
        "не торопимся и держим предел сообщений в день. Меньше писать значит меньше риска.",
    ),
    (
        "Как на время остановить отправку?",
        "Выключите «Отправлять сообщения» в «Обзоре». Что за это время устареет, потом не уйдёт.",
    ),
    (
        "Как дать доступ администратору?",
        "Пусть откроет AI Admin в YClients под своим именем: нужен доступ к этому салону. Или возьмите ссылку для "
        "другого устройства в «Подключении».",
    ),
    (
        "Что будет, если удалить приложение?",
        "Отправка остановится сразу, телефон отключится. Данные салона мы удалим позже сами.",
    ),
)
"""What owners ask, and the answers."""
