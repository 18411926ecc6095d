"""The words of the form (`FORMAT.md`): what keys there are, and what may stand in them."""

from __future__ import annotations

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ACTS: frozenset[str] = frozenset(
    ["offer", "ask", "inform", "options", "done", "refused", "hand_over", "silent", "opt_out"]
)
ASKS: frozenset[str | None] = frozenset(
    [
        "service",
        "day",
        "time",
        "staff",
        "name",
        "guest_name",
        "which_visit",
        "which_day",
        "which_service",
        "consent",
        "other",
        None,
    ]
)
REASONS: frozenset[str | None] = frozenset(
    [
        "human",
        "complaint",
        "health",
        "price",
        "late",
        "media",
        "prepay",
        "group",
        "blacklist",
        "forbidden",
        "unknown_write",
        "not_understood",
        "limit",
        "abuse",
        "fact",
        None,
    ]
)
ABILITIES: frozenset[str] = frozenset(["answer", "book", "move", "cancel"])
FAULT_WORDS = frozenset(["timeout_saved", "timeout_unsaved", "502_saved", "down", None])
FAULT_METHODS: frozenset[str] = frozenset(
    [
        "book_services",
        "book_staff",
        "book_dates",
        "book_times",
        "book_check",
        "create",
        "move",
        "cancel",
        "confirm",
        "records",
        "clients",
        "services",
        "company",
    ]
)
KEYS: dict[str, frozenset[str]] = {
    "file": frozenset(["salon", "services", "staff", "starts", "clients", "now", "conversations"]),
    "salon": frozenset(
        [
            "title",
            "timezone",
            "hours",
            "address",
            "phone",
            "currency",
            "lead_minutes",
            "change_forbidden_hours",
            "facts",
            "rules",
            "bot",
        ]
    ),
    "bot": frozenset(["mode", "abilities", "waiting_list", "english", "night"]),
    "service": frozenset(
        [
            "id",
            "title",
            "category",
            "minutes",
            "price",
            "masters",
            "composite",
            "prepay",
            "group",
            "online",
            "description",
            "starts_until",
            "weekdays",
        ]
    ),
    "master": frozenset(["price", "minutes"]),
    "group": frozenset(["capacity", "taken", "at"]),
    "staff": frozenset(["id", "name", "position", "works", "away", "offered"]),
    "client": frozenset(["name", "phone", "cards", "past"]),
    "past": frozenset(["services", "staff", "at"]),
    "conversation": frozenset(
        ["id", "kind", "client", "now", "bot", "visits", "before", "given", "offer", "gaps", "turns"]
    ),
    "visit": frozenset(["record", "services", "staff", "at", "client", "deleted"]),
    "before": frozenset(["minutes", "from", "kind", "record", "text"]),
    "given": frozenset(["services", "staff", "day", "name"]),
    "open": frozenset(["op", "services", "staff", "at", "record", "minutes", "parts"]),
    "turn": frozenset(["say", "faults", "expect"]),
    "message": frozenset(
        ["text", "after", "minutes", "voice", "photo", "sticker", "reaction", "quote", "while_working"]
    ),
    "expect": frozenset(
        ["act", "offer", "asks", "times", "has", "lacks", "writes", "salon_told", "reason", "opted_out", "replies"]
    ),
    "offer": frozenset(["op", "services", "staff", "at", "record", "price", "parts"]),
    "times": frozenset(["any_of", "none_of", "at_most"]),
    "write": frozenset(["op", "services", "staff", "at", "record", "client"]),
}
