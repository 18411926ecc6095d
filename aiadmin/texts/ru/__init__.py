"""Every Russian sentence of the server: for salons, for YClients, for readers of our API.

Each block belongs to one place; the page has its own words in `templates/`.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiadmin.domain.hosting.session_event import LogoutReason

ERRORS: Mapping[str, str] = {
    "invalid": "Проверьте поля запроса.",
    "bad-json": "Тело запроса должно быть правильным JSON-объектом в UTF-8.",
    "bad-request": "Запрос составлен неправильно.",
    "unauthorized": "Нужен действующий ключ доступа.",
    "registration-closed": "Регистрация открыта только с ключом администратора.",
    "no-chat": "Такого разговора нет. Обновите страницу.",
    "no-notice": "Такого сообщения в плане нет. Обновите страницу.",
    "notice-sent": "Это сообщение уже отправляется или не уйдёт и так. Обновите страницу.",
    "no-phone": "Телефон салона не подключён, отправить не с чего. Подключите его в разделе «Подключение».",
    "forbidden": "Это действие запрещено.",
    "not-found": "Такой страницы нет.",
    "company-not-found": "Такой компании нет.",
    "method-not-allowed": "Этот адрес не отвечает на такой метод.",
    "not-acceptable": "В таком виде ответить не можем.",
    "salon-taken": "Этот салон уже зарегистрирован. Новую ссылку для подключения можно получить по ключу компании.",
    "already-connected": "WhatsApp уже подключён, новый код не нужен.",
    "number-taken": "Этот номер WhatsApp уже подключён к другому салону.",
    "salon-busy": "Салон сейчас занят другим запросом. Повторите через несколько секунд.",
    "settings-invalid": "Некоторые настройки заданы неправильно.",
    "template-invalid": "Текст нельзя использовать.",
    "too-many-trials": "На сегодня пробных сообщений хватит: больше двадцати в день не отправляем.",
    "activation-state": "Сейчас повторить подключение к YClients нельзя.",
    "sign-invalid": "Нет действующей подписи YClients. Откройте AI Admin из YClients.",
    "salons-invalid": "Номер салона не указан или записан неправильно.",
    "wrong-app": "Событие относится к другому приложению.",
    "salon-left": "Салон удалил приложение в YClients.",
    "salon-mismatch": "Событие относится к другому салону.",
    "too-large": "Тело запроса больше 1 МиБ.",
    "not-json": "Отправьте JSON с заголовком Content-Type: application/json.",
    "too-many-requests": "Слишком много запросов. Подождите немного и повторите.",
    "link-invalid": "Ссылка неполная или повреждена. Откройте AI Admin в YClients заново.",
    "link-expired": "Срок ссылки истёк: она действует 24 часа. Откройте AI Admin в YClients заново.",
    "link-revoked": "Для салона выдали более новую ссылку, а эта больше не работает.",
    "session-missing": "В этом браузере салон ещё не открывали. Откройте AI Admin в YClients.",
    "session-expired": "Вы давно здесь не были, и вход закрылся сам. Чтобы войти, откройте AI Admin в YClients.",
    "session-closed": "Отсюда вышли. Чтобы войти снова, откройте AI Admin в YClients.",
    "session-left": "Приложение AI Admin удалено из салона в YClients, поэтому его страницы закрыты. "
    "Чтобы вернуть их, подключите приложение в YClients ещё раз.",
    "cross-site": "Этот запрос пришёл не с нашей страницы, поэтому мы его не выполнили.",
    "console-closed": "Консоль закрыта: в настройках сервиса не задан ADMIN_API_KEY.",
    "console-session": "Вход в консоль закончился. Войдите ещё раз.",
    "reason-missing": "Напишите причину, от 5 до 200 знаков: она останется в журнале действий.",
    "code-not-ready": "Код ещё не готов. Повторите запрос через несколько секунд.",
    "dependency-down": "Сервис временно недоступен. Мы уже восстанавливаем его, повторите запрос позже.",
    "yclients-not-configured": "Не заданы ключ или номер приложения YClients.",
    "key-reused": "Этот ключ уже использован для другого платежа.",
    "yclients-refused": "YClients ответил не так, как мы ожидали. Мы разберёмся, повторите позже.",
    "yclients-down": "YClients сейчас не отвечает. Повторите через несколько минут.",
    "yclients-busy": "Обращений к YClients сейчас слишком много. Повторите через минуту.",
    "yclients-key-refused": "YClients не принимает ключ сервиса. Проверьте настройки YCLIENTS_API_KEY "
    "и YCLIENTS_USER_TOKEN.",
    "yclients-forbidden": "YClients не разрешает это в этом салоне: приложение отключено, приостановлено "
    "или ему не хватает прав.",
    "yclients-not-found": "В YClients такого нет.",
    "yclients-invalid": "YClients не принял эти данные.",
    "slot-busy": "Это время уже занято.",
    "blacklisted": "Салон не записывает клиентов с этим номером.",
    "already-installed": "Приложение уже подключено в этом салоне.",
    "not-installed": "Приложение не установлено в этом салоне.",
    "internal": "Что-то сломалось на нашей стороне. Мы уже знаем об этом.",
}
"""What an error code says; `web/errors.py` says which error has which code."""

FIELDS: Mapping[str, str] = {
    "required": "Обязательное поле.",
    "null": "Значение не может быть пустым.",
    "text": "Нужна строка.",
    "too-long": "Не длиннее {max} символов.",
    "empty": "Строка не может быть пустой.",
    "control": "Есть недопустимые символы.",
    "number": "Нужно целое число от 1 до 2147483647.",
    "phone": "Нужен действующий номер телефона, например 79001234567.",
    "sum": "Нужно число от {least} до {most}, не больше двух знаков после точки.",
    "time": "Нужны дата и время, например 2025-01-16 10:00:00.",
    "list": "Нужен список от 1 до 20 строк.",
    "choice": "Такого варианта нет.",
    "cursor": "Такого места в переписке нет.",
    "digits": "Нужны цифры номера.",
    "key": "Нужны от 8 до 64 латинских букв, цифр и дефисов.",
    "email": "Нужен адрес электронной почты, например salon@example.com.",
}
"""What is wrong with one field."""

ERROR_TITLES: Mapping[int, str] = {
    404: "Страница не найдена",
    429: "Слишком много запросов",
    503: "Скоро вернёмся",
}
"""Headings of the error page; `ERROR_TITLE` for all others."""
ERROR_TITLE = "Не получилось"

ROOT = "AI Admin подключает WhatsApp салона к YClients. Описание API: /docs"
NEW_ENTRY = (
    "На страницу AI Admin вашего салона впервые вошёл пользователь YClients № {user_id}. Если это не вы и не ваш "
    "сотрудник, закройте ему доступ к салону в YClients и напишите в поддержку."
)
"""What the salon reads in the chat with its own number."""
SUPPORT_ENTRY = (
    "В кабинет AI Admin вашего салона вошёл сотрудник поддержки. Причина: {reason}. Вход закроется сам через час; "
    "закрыть его раньше можно в разделе «Подключение»."
)
"""The same, of an operator."""
SUPPORT_BROWSER = "Поддержка AI Admin"
"""What an operator's browser is called in the owner's list of browsers."""

CONNECTED = "WhatsApp успешно подключен!"
"""The message of `whatsapp-connected`."""

DISCONNECTED = "WhatsApp отключён: телефон салона больше не связан с AI Admin. Подключите его ещё раз."
LOGGED_OUT: Mapping[str, str] = {
    LogoutReason.LOGGED_OUT: "WhatsApp отключён: AI Admin удалили из связанных устройств на телефоне салона. "
    "Подключите телефон ещё раз: переписка и настройки сохранились.",
    LogoutReason.MAIN_DEVICE_GONE: "WhatsApp отключил салон: аккаунт на телефоне заблокирован или больше не "
    "работает. Откройте WhatsApp на телефоне салона и сделайте то, что он попросит. "
    "Подключите телефон ещё раз, когда WhatsApp на нём снова заработает.",
    LogoutReason.UNKNOWN_LOGOUT: "WhatsApp отключил салон и, похоже, заблокировал его номер. "
    "Откройте WhatsApp на телефоне салона: там будет причина и кнопка, чтобы попросить о проверке. "
    "Подключите телефон ещё раз, когда номер разблокируют, или подключите другой номер.",
    LogoutReason.KEYS_MISSING: DISCONNECTED,
}
"""Why the state is `logged-out` (`devices.reason`), and what the salon can do; use `logged_out`."""


def logged_out(reason: str | None) -> str:
    """What a salon reads when WhatsApp has unlinked its phone, by `devices.reason`."""
    return LOGGED_OUT.get(reason or "", DISCONNECTED)


PAIRING: Mapping[str, str] = {
    "queued": "Сейчас подключаются сразу много салонов. Ваше место в очереди: {place}. Код появится сам.",
    "waiting": "Готовим код. Обычно это занимает пару секунд.",
    "qr": "Отсканируйте код телефоном, на котором работает WhatsApp салона.",
    "code": "Введите код в WhatsApp на телефоне салона.",
    "confirming": "Телефон подтвердил подключение. Завершаем, это займёт до 15 секунд.",
    "unreachable": "WhatsApp сейчас не отвечает. Мы пробуем снова сами, страницу закрывать не нужно.",
    "connected": "WhatsApp подключён.",
    "exhausted": "Коды закончились: их долго никто не сканировал. Нажмите кнопку, чтобы получить новый.",
    "passkey": "WhatsApp требует для этого номера ключ доступа (passkey). Ответить на него мы не можем. "
    "Отключите ключ доступа в настройках WhatsApp, если он там есть, или подключите другой номер.",
    "already-linked": "Этот номер WhatsApp уже подключён к другому салону. Подключите другой номер "
    "или сначала отключите его в том салоне.",
    "failed": "Подключить не получилось. Нажмите кнопку, чтобы попробовать ещё раз.",
}
"""What the page says in each state of a pairing."""

ACTIVATION: Mapping[str, str] = {
    "pending": "YClients узнает о подключении само собой, как только вы подключите WhatsApp.",
    "pairing": "YClients узнает о подключении само собой, как только вы подключите WhatsApp.",
    "activating": "Включаем AI Admin в YClients. Это происходит само.",
    "active": "AI Admin включён в YClients.",
    "activation_failed": "YClients не подтвердил включение AI Admin.",
    "frozen": "YClients приостановил AI Admin в этом салоне. Оплатите приложение в YClients, и всё продолжится.",
    "uninstalled": "AI Admin удалён из этого салона в YClients. Чтобы вернуть его, нажмите «Подключить» в YClients.",
}
"""How the installation in YClients stands, apart from WhatsApp."""

SOCKET_ERRORS: Mapping[str, str] = {
    "too-many-attempts": "Слишком много подключений с вашего адреса. Подождите минуту и откройте страницу снова.",
    "too-many-requests": "Слишком частые запросы. Подождите немного и повторите.",
    "phone-invalid": "Проверьте номер: нужен телефон, на котором работает WhatsApp салона, например 79001234567.",
    "phone-refused": "WhatsApp не выдал код для этого номера. Проверьте номер или отсканируйте QR-код.",
}
"""What a socket's `error` says; the errors of links are in `ERRORS`."""

ACTIVATION_RETRYING = "YClients пока не отвечает, повторяем попытки сами."
ACTIVATION_REASONS: Mapping[str, str] = {
    "not_configured": "Сообщить YClients о подключении нельзя: в настройках сервиса нет номера и ключа приложения. "
    "Напишите в поддержку.",
    "unreachable": "YClients так и не ответил за отведённое время. Попробуйте ещё раз, "
    "а если не поможет, нажмите «Подключить» в YClients заново.",
    "wrong_key": "YClients не принял ключ сервиса. Напишите в поддержку: это исправляем мы.",
    "unknown_app": "YClients не знает наше приложение: возможно, оно ещё не опубликовано. Напишите в поддержку.",
    "unknown_salon": "YClients не нашёл этот салон. Проверьте, тот ли филиал открыт в YClients, "
    "и нажмите «Подключить» ещё раз.",
    "invalid": "YClients не принял данные подключения. Напишите в поддержку: это исправляем мы.",
    "refused": "YClients отказал в подключении. Попробуйте ещё раз, "
    "а если не поможет, нажмите «Подключить» в YClients заново или напишите в поддержку.",
    "expired": "YClients уже не ждёт подтверждения: на него даётся час. Нажмите «Подключить» в YClients ещё раз.",
    "frozen": "Приложение в YClients приостановлено. Проверьте его оплату в YClients.",
    "key_lost": "Ключ для YClients нужно выпустить заново. Напишите в поддержку.",
}
"""Why YClients did not confirm the installation, by `companies.activation_error`; each names a way on."""

INSTALLATION: Mapping[str, tuple[str, str]] = {
    "again": (
        "Нажмите «Подключить» ещё раз",
        "YClients не ждёт подключения этого салона: согласие действует час, а салон должен быть тем же, что открыт "
        "в YClients. Вернитесь в YClients, откройте AI Admin в маркетплейсе и нажмите «Подключить».",
    ),
    "paused": (
        "Приложение приостановлено",
        "YClients приостановил AI Admin в этом салоне. Оплатите приложение в YClients и откройте его ещё раз.",
    ),
    "used": (
        "Откройте AI Admin в YClients ещё раз",
        "Этот адрес уже открыли в другом браузере, и некоторое время он открывается только там. "
        "Вернитесь в YClients и откройте AI Admin оттуда. Чтобы войти на втором устройстве прямо сейчас, откройте "
        "на первом раздел «Подключение» и возьмите там ссылку «Другое устройство».",
    ),
    "stranger": (
        "Этот салон подключал другой пользователь",
        "Управлять AI Admin может тот, кто его подключил, и тот, у кого в YClients есть доступ к этому салону. "
        "Попросите владельца дать доступ, или отключите AI Admin в YClients и подключите заново, или напишите "
        "в поддержку.",
    ),
    "later": (
        "YClients сейчас не отвечает",
        "Ничего не потеряно: подождите минуту и повторите, эта же ссылка сработает.",
    ),
    "sign-invalid": (
        "Откройте AI Admin из YClients",
        "Ссылка неполная или изменена: в ней нет действующей подписи YClients. "
        "Вернитесь в YClients и откройте AI Admin оттуда.",
    ),
    "salons-invalid": (
        "Салон не указан",
        "В ссылке нет номера салона, или он записан неправильно. Вернитесь в YClients и откройте AI Admin оттуда.",
    ),
}
"""Heading and words of an arrival that does not get in."""
INSTALLATION_STATES: Mapping[str, str] = {
    "onboard": "Подключаем. Осталось подключить WhatsApp.",
    "manage": "Уже подключён.",
    "again": "YClients не ждёт подключения: нажмите «Подключить» в этом филиале ещё раз.",
    "paused": "Приостановлен: оплатите приложение в YClients.",
    "used": "Эта ссылка уже использована: откройте AI Admin в YClients ещё раз.",
    "stranger": "Салон подключал другой пользователь.",
    "later": "YClients не ответил: повторите через минуту.",
}
"""The same, one line for each of several salons."""

PROVIDER_ERRORS: Mapping[str, str] = {
    "BODY_INVALID": "Тело запроса не прочитано: нужен один объект JSON.",
    "FIELD_INVALID": "Такого номера телефона нет.",
    "NOT_ALLOWED": "WhatsApp салона не подключён, или приложение приостановлено.",
    "UNAUTHORIZED": "Нужен ключ салона: Authorization: Bearer sk_...",
    "NOT_FOUND": "Такого адреса нет.",
    "OPTED_OUT": "Клиент отказался от сообщений.",
    "NOT_ON_WHATSAPP": "У клиента нет WhatsApp.",
    "BUSY": "Сейчас не получилось. Повторите запрос через несколько секунд.",
}
"""What YClients reads when we do not send a message of its own, by the name of the code."""
PROVIDER_FIELDS: Mapping[str, str] = {
    "destination_params": "Нужен список из 1-100 сообщений, у каждого свой id и phone.",
    "text": "Нужен непустой текст не длиннее 65536 символов.",
    "channel": "Мы отправляем только в whatsapp.",
    "dispatch_type": "Нужно service или adds.",
    "delivery_callback_url": "На этот адрес статусы отправлять нельзя: его нет в списке разрешённых.",
}

API: Mapping[str, str] = {
    "about": "Подключение салонов YClients к WhatsApp. Все ошибки имеют один вид: `success`, `error`, `code` "
    "и `request_id`. Ключ и ссылка салона выдаются при регистрации.",
    "apiKey": "Ключ компании (`sk_...`) или ключ администратора.",
    "session": "Cookie браузера, которому открыт кабинет; вместе с ней номер компании в `X-Company-Id`.",
    "operator": "Cookie браузера, которому открыта консоль оператора.",
    "bearer": "Токен из ссылки для подключения; для метрик — `METRICS_TOKEN`.",
    "webhookKey": "Ключ из адреса, который мы передали YClients.",
    "retryAfter": "Через сколько секунд повторить.",
}
"""What the API's documentation says."""
SOCKET_CONTRACT: Mapping[str, str] = {
    "auth": "Токен из ссылки для подключения: auth.token, иначе заголовок Authorization: Bearer (при polling). "
    "query.companyId можно не указывать; если указан, он должен совпасть с компанией ссылки. Соединение "
    "устанавливается всегда, а отказ приходит событием error, за которым сервер закрывает соединение.",
    "limits": "Подключений в минуту с одного адреса: {limit}; следующее сразу получает error и закрывается. "
    "Запросов от страниц одной компании: 20 в минуту.",
}
"""What the documentation of the socket says beside the events."""
API_TAGS: Mapping[str, str] = {
    "browsers": "Где открыт кабинет",
    "registration": "Регистрация салона",
    "install": "Установка из YClients",
    "lifecycle": "Жизнь установки",
    "manage": "Страница управления",
    "manage_api": "Страница управления: данные",
    "message_settings": "Страница управления: сообщения",
    "sending": "Страница управления: отправка",
    "bot": "Страница управления: бот",
    "conversations": "Страница управления: чаты",
    "links": "Ссылки для подключения",
    "connect": "Страница подключения",
    "console": "Консоль оператора",
    "console_door": "Консоль оператора: вход",
    "console_salon": "Консоль оператора: салон",
    "console_fleet": "Консоль оператора: хосты, очереди, события",
    "qr": "QR-код",
    "status": "Состояние подключения",
    "activation_requests": "Обратный вызов маркетплейса",
    "webhooks": "События YClients",
    "provider": "Уведомления YClients через WhatsApp салона",
    "companies": "Статистика",
    "clients": "Данные клиентов (152-ФЗ)",
    "partner": "Расчёты и подключения в YClients",
    "health": "Работоспособность",
    "metrics": "Метрики",
    "root": "Что это",
    "docs": "Документация",
}
"""The sections of the API's documentation."""

UNWRITTEN = (
    "{who} подтверждает визит {when}, но YClients не принял отметку. Отметьте в журнале «Клиент подтвердил» сами."
)
