"""The catalogue's part for the operator's console: all that its pages say, and the short words of its lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from aiadmin.domain.companies.audit import DONE, AuditEntry
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.console.directory import SalonFilter
from aiadmin.domain.console.traffic import HourTraffic
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.manage.attention import AttentionReason, UpkeepKind
from aiadmin.domain.manage.salon_state import StateKind
from aiadmin.domain.messages.message_log import Author
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.texts.ru import formatting as wording

SECTIONS: Mapping[str, str] = {
    "salons": "Салоны",
    "hosts": "Хосты",
    "queues": "Очереди",
    "traffic": "Оборот",
    "pairings": "Воронка",
    "events": "События",
}
"""The parts of the console, as the bar calls them."""
FILTERS: Mapping[SalonFilter, str] = {
    SalonFilter.ALL: "Все",
    SalonFilter.ATTENTION: "Требуют внимания",
    SalonFilter.UNCONNECTED: "Не подключены",
    SalonFilter.FROZEN: "Приостановлены",
    SalonFilter.PAUSED: "На паузе",
    SalonFilter.LEFT: "Ушли",
}
STATUSES: Mapping[IntegrationStatus, str] = {
    IntegrationStatus.PENDING: "ждёт телефона",
    IntegrationStatus.PAIRING: "подключает телефон",
    IntegrationStatus.ACTIVATING: "включается",
    IntegrationStatus.ACTIVE: "включён",
    IntegrationStatus.ACTIVATION_FAILED: "не включён",
    IntegrationStatus.FROZEN: "приостановлен",
    IntegrationStatus.UNINSTALLED: "удалён",
}
"""How the installation in YClients stands."""
SESSIONS: Mapping[StateKind | Observed, str] = {
    Observed.LINKED: "выходит на связь",
    Observed.STARTING: "запускается",
    Observed.ONLINE: "на связи",
    Observed.DEGRADED: "с задержкой",
    Observed.RECONNECTING: "связь прервалась",
    Observed.BACKOFF: "не отвечает",
    Observed.CONFLICT: "открыт ещё где-то",
    Observed.BANNED: "ограничен",
    Observed.OUTDATED: "версия устарела",
    Observed.LOGGED_OUT: "отвязан",
    StateKind.SWITCHED_OFF: "выключен",
    StateKind.NO_HOST: "нет хостов",
    StateKind.WAITS_FOR_HOST: "ждёт хоста",
}
"""How a salon's WhatsApp stands."""
REASONS: Mapping[StateKind | UpkeepKind, str] = {
    UpkeepKind.ACTIVATION_FAILED: "YClients не подтвердил включение",
    StateKind.LOGGED_OUT: "телефон отвязан{since}",
    StateKind.NO_PHONE: "включён, но без телефона",
    StateKind.NO_HOST: "не работает ни один хост",
    StateKind.WAITS_FOR_HOST: "ждёт хоста{since}",
    StateKind.SWITCHED_OFF: "связь выключена",
    StateKind.LINKED: "не вышел на связь{since}",
    StateKind.STARTING: "запускается{since}",
    StateKind.RECONNECTING: "восстанавливает связь{since}",
    StateKind.DEGRADED: "отвечает с задержкой{since}",
    StateKind.BACKOFF: "WhatsApp не отвечает{since}",
    StateKind.CONFLICT: "подключение открыто ещё где-то",
    StateKind.BANNED: "WhatsApp ограничил номер",
    StateKind.OUTDATED: "WhatsApp требует новой версии",
    StateKind.NO_RECORDS: "нет права видеть записи",
    StateKind.NO_CLIENTS: "нет права видеть клиентов",
    StateKind.NO_PHONES: "нет права видеть телефоны",
    StateKind.JOURNAL_UNREAD: "журнал не читается",
    UpkeepKind.GIVEN_UP: "отложено и ждёт вас: {count}",
    UpkeepKind.STUCK: "сообщения стоят{since}",
}
"""Why a salon needs an operator, in the list and in `companies list`."""
QUEUES: Mapping[WorkQueue, str] = {
    WorkQueue.WEBHOOKS: "Вебхуки YClients",
    WorkQueue.REFETCHES: "Перечитать запись или клиента",
    WorkQueue.CHATS: "Чаты бота",
    WorkQueue.OUTBOX_MESSAGES: "Сообщения клиентам",
    WorkQueue.BOOKING_EVENTS: "Изменения записей",
    WorkQueue.REMINDERS: "Напоминания",
    WorkQueue.NOTICES: "Уведомления перед отправкой",
    WorkQueue.QUESTIONS: "Ответы «приду» в журнал",
    WorkQueue.CHAT_WRITES: "Изменения журнала из чата",
    WorkQueue.PROVIDER_MESSAGES: "Статусы для YClients",
    WorkQueue.OUTBOX: "Включения в YClients",
    WorkQueue.INSTALLATIONS: "Сверка установок",
    WorkQueue.ERASURES: "Удаление данных",
    WorkQueue.SYNC_RUNS: "Чтение журналов",
}
SYNCS: Mapping[SyncKind, str] = {
    SyncKind.FULL: "Весь журнал",
    SyncKind.CHANGES: "Изменения",
    SyncKind.NIGHTLY: "Ночная сверка",
}
CALLBACKS: Mapping[OutboxState, str] = {
    OutboxState.PENDING: "YClients ещё не знает о подключении: ждём телефона или повторяем.",
    OutboxState.SENDING: "Сообщаем YClients о подключении.",
    OutboxState.SENT: "YClients знает о подключении.",
    OutboxState.UNKNOWN: "Неизвестно, узнал ли YClients о подключении.",
    OutboxState.FAILED: "YClients не узнал о подключении.",
    OutboxState.CANCELLED: "Сообщать YClients больше не нужно.",
}
"""How far the callback of the activation is."""
AUTHORS: Mapping[Author, str] = {
    Author.IN: "клиент",
    Author.OWN_PHONE: "салон с телефона",
    Author.STAFF: "салон из кабинета",
    Author.OUT: "AI Admin",
}
ACTIONS: Mapping[str, str] = {
    "entry": "вход в кабинет",
    "install": "вход из YClients",
    "activation.retry": "сообщить YClients ещё раз",
    "bot.pause": "бот выключен в чате",
    "bot.resume": "бот снова отвечает в чате",
    "bot.settings": "настройки бота",
    "clients.erase": "данные клиента удалены",
    "clients.export": "данные клиента выданы",
    "clients.restore": "клиент снова принимается",
    "console.chat": "чтение чата",
    "console.login": "вход в консоль",
    "console.logout": "выход из консоли",
    "console.revoke": "закрыт вход в консоль",
    "host.drain": "разгрузка хоста",
    "lifecycle.confirm": "YClients считает салон включённым",
    "lifecycle.erase": "данные салона удалены",
    "lifecycle.freeze": "салон приостановлен",
    "lifecycle.leave": "салон удалил приложение",
    "lifecycle.payment": "салон оплатил",
    "lifecycle.resume": "салон снова включён",
    "lifecycle.retry": "включение начато заново",
    "link.issue": "ссылка для подключения",
    "messages.pause": "пауза отправки",
    "messages.resume": "отправка включена",
    "messages.settings": "настройки отправки",
    "messages.text": "текст сообщения",
    "notice.withdraw": "сообщение снято с отправки",
    "partner.channel": "канал сообщений YClients",
    "partner.discount": "скидка салону",
    "partner.payment": "платёж сообщён YClients",
    "partner.payment_link": "ссылка на оплату",
    "partner.refund": "возврат платежа",
    "partner.salons": "список салонов YClients",
    "partner.short_names": "имена отправителя",
    "partner.status": "состояние оплаты у YClients",
    "partner.tariffs": "тарифы YClients",
    "partner.uninstall": "приложение удалено из салона",
    "quarantine.retry": "отложенное обработать ещё раз",
    "session.end": "вход в кабинет закрыт",
    "session.end-all": "все входы в кабинет закрыты",
    "session.restart": "перезапуск связи",
    "sync.start": "прочитать журнал заново",
    "whatsapp.code": "показан код для телефона",
    "whatsapp.disconnect": "телефон отключён",
    "whatsapp.unlink": "прежний телефон отключён",
}
"""What was done on purpose, by `audit_log.action`; one without words is shown by its slug."""
ACTORS: Mapping[str, str] = {
    "admin": "ключ администратора",
    "admin-api": "ключ администратора",
    "cli": "командная строка",
    "clock": "по расписанию",
    "console": "консоль",
    "owner": "салон",
    "reconciler": "сверка с YClients",
    "stranger": "посторонний",
    "yclients": "YClients",
}
"""Who did it, by `audit_log.actor`; an operator by what they have called themselves."""
OUTCOMES: Mapping[str, str] = {
    "done": "сделано",
    "refused": "отказано",
    "unknown": "неизвестно, чем кончилось",
    "": "не завершено",
}
FUNNEL: Mapping[str, str] = {
    "registered": "Пришли из YClients",
    "consented": "Согласились с условиями",
    "shown": "Увидели код",
    "linked": "Подключили телефон",
    "activated": "Включены в YClients",
}
FUNNEL_STOPS: Mapping[str, str] = {
    "consented": "не согласились с условиями",
    "shown": "не дождались кода",
    "linked": "увидели код, но не подключили телефон",
    "activated": "не включены в YClients",
}


@dataclass(frozen=True)
class OrderOutcome:
    """What an order has come to."""

    text: str
    is_bad: bool = False


def _bad(text: str) -> OrderOutcome:
    return OrderOutcome(text, is_bad=True)


SAID: Mapping[str, OrderOutcome] = {
    "retrying": OrderOutcome("Сообщаем YClients ещё раз."),
    "retry-refused": OrderOutcome(
        "Повторять нечего: YClients уже знает, или телефон ещё не подключали.", is_bad=True
    ),
    "reading": OrderOutcome("Читаем журнал заново."),
    "in-hand": OrderOutcome("Журнал уже читается."),
    "paused": OrderOutcome("Отправка салона на паузе."),
    "resumed": OrderOutcome("Отправка салона включена."),
    "restarting": OrderOutcome("Связь перезапускается, это займёт несколько секунд."),
    "no-phone": _bad("Перезапускать нечего: телефон не подключён."),
    "rows-retried": OrderOutcome("Отложенное будет обработано ещё раз за несколько секунд."),
    "reason-missing": OrderOutcome(
        "Напишите причину, от 5 до 200 знаков: она останется в журнале действий.", is_bad=True
    ),
    "chat-closed": OrderOutcome("Этот чат ещё не открыт или уже закрылся. Назовите причину, чтобы прочитать его."),
    "draining": OrderOutcome("Хост отдаёт сессии другим, это займёт несколько секунд."),
    "no-host": _bad("Такого хоста больше нет."),
    "no-room": OrderOutcome(
        "У других хостов не хватит места. Разгрузить всё равно можно, но связь прервётся.", is_bad=True
    ),
    "session-ended": OrderOutcome("Вход закрыт."),
    "session-over": OrderOutcome("Этот вход уже был закрыт."),
}
"""What a page says after an order, by the `said` of its address."""
WORDS: Mapping[str, str] = {
    "console": "AI Admin · консоль",
    "sections": "Разделы",
    "to_content": "К содержанию",
    "log_out": "Выйти",
    "operator": "Оператор: {name}",
    "clock": "Москва, {time}",
    "clock_why": "Всё время на этих страницах московское.",
    "login_title": "Вход в консоль",
    "login_intro": "Здесь видны все салоны. Каждый вход и каждое действие остаются в журнале.",
    "login_key": "Ключ администратора",
    "login_name": "Как вас зовут",
    "login_name_hint": "Так действия будут подписаны в журнале: до 40 букв и цифр.",
    "login_button": "Войти",
    "login_wrong": "Ключ не подошёл.",
    "login_no_name": "Напишите имя: буквы, цифры, точка, дефис или @, до 40 знаков.",
    "login_over": "Вход закончился. Войдите ещё раз.",
    "login_left": "Вы вышли.",
    "online": "На связи",
    "online_below": "из тех, у кого есть телефон",
    "online_nobody": "телефонов ещё нет",
    "attention": "Требуют внимания",
    "attention_none": "всё в порядке",
    "attention_below": "показать",
    "salons": "Салонов",
    "search": "Поиск",
    "search_hint": "Название, номер или последние цифры телефона",
    "search_button": "Найти",
    "search_reset": "Сбросить",
    "parts": "Части списка",
    "list": "Список салонов",
    "salon": "Салон",
    "whatsapp": "WhatsApp",
    "yclients": "YClients",
    "reasons": "Почему",
    "host": "Хост",
    "since": "Состояние",
    "nothing_found": "Никого не нашли.",
    "nobody_yet": "Салонов пока нет.",
    "nameless": "Салон без названия",
    "none": "—",
    "none_session": "нет телефона",
    "pages": "Страницы",
    "earlier": "Назад",
    "further": "Дальше",
    "page_of": "Страница {page} из {pages}, найдено: {found}",
    "paused": "на паузе",
    "reason": "Причина",
    "reason_hint": "От 5 до 200 знаков, без телефонов и имён. Останется в журнале действий.",
    "number": "Салон #{company} · YClients {salon} · с {at}",
    "all_well": "Салону ничего не мешает.",
    "state": "Что мешает",
    "phone": "Телефон",
    "session": "Связь",
    "restart": "Перезапустить связь",
    "restart_why": "Сессия отключится и подключится заново. Сообщения подождут.",
    "installation": "YClients",
    "retry": "Сообщить ещё раз",
    "journal": "Журнал",
    "unread_yet": "Журнал ещё не читали.",
    "attempts": "неудач подряд: {count}",
    "read": "Прочитать заново",
    "messages": "Сообщения",
    "pause": "Придержать",
    "resume": "Отпустить",
    "chats": "Чаты без текстов",
    "sent": "Последние сообщения, без текстов и получателей",
    "purpose": "Вид",
    "status": "Что с ним",
    "created": "Когда",
    "nothing_sent": "Ещё ничего не уходило.",
    "set_aside": "Отложено: строки, на которых обработка падает",
    "row": "Строка",
    "queue": "Очередь",
    "cause": "Где упало",
    "tries": "Попыток",
    "next_try": "Следующая",
    "no_next": "ждёт вас",
    "retry_rows": "Обработать ещё раз",
    "events_of": "Что было со связью",
    "no_events": "Пока ничего не происходило.",
    "actions_of": "Журнал действий",
    "no_actions": "Пока пусто.",
    "enter": "Открыть кабинет салона",
    "enter_why": "Кабинет откроется в этом браузере на час. Владелец увидит это в кабинете и получит сообщение "
    "в WhatsApp с вашей причиной.",
    "enter_button": "Открыть",
    "browsers": "Где открыт кабинет",
    "no_browsers": "Сейчас нигде.",
    "seen_at": "был {at}",
    "back_to_salon": "К салону",
    "chats_intro": "Кто и когда писал последним. Имён и текстов здесь нет: чтобы прочитать чат, назовите причину, "
    "и он откроется вам на {minutes} мин.",
    "no_chats": "Чатов ещё нет.",
    "unknown_number": "номер неизвестен",
    "floor_human": "отвечает человек",
    "floor_bot": "отвечает бот",
    "last_by": "последним: {author}",
    "open_chat": "Прочитать",
    "older": "Раньше",
    "back_to_chats": "К списку чатов",
    "wordless": "Без текста",
    "empty_chat": "Здесь ничего нет.",
    "held": "Сессий",
    "memory": "Память",
    "megabytes": "{count} МБ",
    "threads": "Потоков",
    "files": "Файлов",
    "up_since": "Работает",
    "draining": "разгружается",
    "drain": "Разгрузить",
    "drain_why": "Хост отдаст все сессии другим и новых не возьмёт, пока его не перезапустят.",
    "drain_force": "Даже если другим не хватит места",
    "no_hosts": "Ни один хост не работает: никто не отправляет и не подключается.",
    "hosts_one": "Хост один: разгружать его некуда.",
    "waiting": "Ждут",
    "oldest": "Самое старое",
    "aside": "Отложено",
    "aside_of": "{retried} повторяются, {given_up} ждут вас",
    "jobs": "Заданий в Redis: {count}",
    "redis_away": "Redis сейчас не отвечает, поэтому заданий и обращений к YClients не видно.",
    "looked_through": "проверяется целиком",
    "budget": "Обращения к YClients",
    "budget_way": "Путь {name}",
    "budget_room": "Сразу можно {room} из {burst}",
    "budget_waiting": "ждут очереди: {count}",
    "budget_quiet": "YClients просил подождать ещё {time}",
    "budget_lost": "путь недоступен",
    "budget_limit": "Не больше {count} в минуту на каждый путь.",
    "queue_oldest": "Самое старое в очереди",
    "queue_none": "ничего не ждёт",
    "funnel": "Воронка за неделю",
    "funnel_below": "пришли и включены",
    "funnel_intro": "Салоны, которые пришли за последние семь дней.",
    "funnel_in_line": "Сейчас ждут кода: {count}",
    "funnel_stopped": "Кто ещё не включён",
    "funnel_stop": "Где остановился",
    "funnel_nobody": "За неделю никто не приходил.",
    "registered": "Пришёл",
    "of_sessions": "Связь",
    "of_people": "Действия людей",
    "traffic": "Сообщения и платежи",
    "traffic_hours": "Сообщения за сутки по часам",
    "traffic_sent": "Ушло за сутки",
    "traffic_last": "с начала часа: {count}",
    "traffic_failed": "Не дошло",
    "traffic_failed_below": "из ушедших и отклонённых",
    "traffic_waiting": "Ещё ждут",
    "traffic_waiting_below": "из поставленных за сутки",
    "traffic_received": "Написали клиенты",
    "traffic_received_below": "сообщений с текстом",
    "traffic_nothing": "За сутки ничего не уходило.",
    "sent_count": "Ушло",
    "failed_count": "Не дошло",
    "waiting_count": "Ждут",
    "received_count": "Написали",
    "hour": "Час",
    "as_table": "Таблицей",
    "money": "Платежи и приостановки",
    "money_none": "О платежах ничего не слышно.",
    "money_frozen": "Кто приостановлен",
    "event": "Что случилось",
    "when": "Когда",
    "nothing_happened": "Пока ничего.",
    "operators": "Кто вошёл в консоль",
    "operators_intro": "Смена ADMIN_API_KEY закрывает все входы сразу.",
    "this_browser": "это вы",
    "unknown_browser": "неизвестный браузер",
    "entered": "вошёл {at}, был {seen}",
    "end_session": "Закрыть вход",
}
"""What the pages say by themselves, by the names that the templates call them."""
MONEY: Mapping[str, str] = {
    "until": "до {day}",
    "percent": "{percent} %",
    "number": "№ {number}",
}
_SMALL = 10
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_ZONE = ZoneInfo(DEFAULT_ZONE)


def reason(one: AttentionReason, now: datetime) -> str:
    """Why a salon needs an operator; with how long, or how many, where that is known."""
    since = "" if one.since is None else f", {passed(now - one.since)}"
    return REASONS[one.kind].format(since=since, count=one.count)


def passed(time: timedelta) -> str:
    """How long ago, as short as a table wants it.

    >>> [passed(timedelta(seconds=seconds)) for seconds in (-5, 3, 125, 7_300, 200_000)]
    ['0 с', '3 с', '2 мин', '2 ч', '2 дн']
    """
    if time < _MINUTE:
        return f"{max(int(time.total_seconds()), 0)} с"
    if time < _HOUR:
        return f"{int(time / _MINUTE)} мин"
    if time < 2 * _DAY:
        return f"{int(time / _HOUR)} ч"
    return f"{time.days} дн"


def moment(at: datetime) -> str:
    """When, by the clock that the pages name."""
    return wording.moment(at.astimezone(_ZONE))


def action(slug: str) -> str:
    """An action in words; one that has none by its slug."""
    return ACTIONS.get(slug, slug)


def actor(slug: str) -> str:
    """Who did it."""
    return ACTORS.get(slug, slug)


def outcome(slug: str | None) -> str:
    """What came of an action; the detail of one that has words keeps its own.

    >>> outcome(None), outcome("refused: Платёж не найден"), outcome("x")
    ('не завершено', 'отказано: Платёж не найден', 'x')
    """
    word, colon, detail = (slug or "").partition(": ")
    return f"{OUTCOMES.get(word, word)}{colon}{detail}"


def told(entry: AuditEntry) -> str:
    """An action in a line: who, what, what came of it, how much and until when where it is about money, and why."""
    line = f"{actor(entry.actor)}: {action(entry.action)}"
    if entry.outcome != DONE:
        line = f"{line} ({outcome(entry.outcome)})"
    if known := ", ".join(_sums(entry.details)):
        line = f"{line}: {known}"
    why = entry.details.get("reason")
    return f"{line}. {WORDS['reason']}: {why}" if why else line


def _sums(facts: Mapping[str, Any]) -> Iterator[str]:
    if facts.get("amount"):
        yield f"{facts['amount']} {facts.get('currency', '')}".strip()
    if facts.get("period_to"):
        yield MONEY["until"].format(day=_day(str(facts["period_to"])))
    if facts.get("discount"):
        yield MONEY["percent"].format(percent=facts["discount"])
    if facts.get("payment_id"):
        yield MONEY["number"].format(number=facts["payment_id"])


class StepsIn(Protocol):
    """How far a salon has come on its way in."""

    @property
    def has_consented(self) -> bool: ...
    @property
    def has_seen_code(self) -> bool: ...
    @property
    def is_linked(self) -> bool: ...


def stopped(salon: StepsIn) -> str:
    """Where a salon has stopped on its way in."""
    taken = {"consented": salon.has_consented, "shown": salon.has_seen_code, "linked": salon.is_linked}
    return FUNNEL_STOPS[next((step for step, is_taken in taken.items() if not is_taken), "activated")]


def clock(now: datetime) -> str:
    """What the clock shows by which all times are told, and whose it is."""
    return WORDS["clock"].format(time=f"{now.astimezone(_ZONE):%H:%M}")


def hour_name(at: datetime) -> str:
    """The hour's beginning.

    >>> hour_name(datetime.fromisoformat("2026-11-30T21:00+00:00"))
    '00:00'
    """
    return f"{at.astimezone(_ZONE):%H:%M}"


def hour_words(hour: HourTraffic) -> str:
    """An hour of messages in a line."""
    counts = {"sent_count": hour.sent, "waiting_count": hour.waiting, "failed_count": hour.failed}
    known = [f"{WORDS[name].lower()} {wording.number(count)}" for name, count in counts.items() if count]
    return f"{hour_name(hour.at)}: {', '.join(known) or WORDS['none']}"


def share(value: float | None) -> str:
    """A share in per cent, with a digit behind the comma where it is small.

    >>> share(0.0123), share(0.5), share(0), share(None)
    ('1,2 %', '50 %', '0 %', '—')
    """
    if value is None:
        return WORDS["none"]
    percent = 100 * value
    return f"{percent:.1f} %".replace(".", ",") if 0 < percent < _SMALL else f"{percent:.0f} %"


def _day(text: str) -> str:
    """The day of a time as YClients writes it; whatever else it is stays."""
    try:
        return f"{datetime.fromisoformat(text):%d.%m.%Y}"
    except ValueError:
        return text
