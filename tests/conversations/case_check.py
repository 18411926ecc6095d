"""One conversation of a file: whether it can be played, and what it expects be met."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from tests.conversations.form import ACTS, ASKS, FAULT_METHODS, FAULT_WORDS, REASONS
from tests.conversations.salon_check import SalonCheck
from tests.conversations.words import MONTH, MONTHS, TIME, WEEKDAY, as_list, clock, dates_in, hhmm, plain, weekday_of


class CaseCheck:
    """One conversation of a checked salon."""

    def __init__(self, checker: SalonCheck, case: dict[str, Any]) -> None:
        self.file, self.case, self.id = checker, case, case["id"]
        self.now = checker.moment(self.id, case.get("now", checker.data["now"]))
        self.visits = case.get("visits", [])
        self.open: list[dict[str, Any]] = []
        self.asked_day: set[int] | None = None

    def fail(self, text: str, turn: int | None = None) -> None:
        self.file.fail(self.id if turn is None else f"{self.id} turn {turn + 1}", text)

    def check(self) -> None:
        file, case = self.file, self.case
        file.keys(self.id, "conversation", case)
        if case["client"] not in file.data["clients"]:
            self.fail(f"client {case['client']!r} does not exist")
        file.check_bot(self.id, case.get("bot", {}))
        self.check_context()
        for number, turn in enumerate(case["turns"]):
            file.keys(self.id, "turn", turn)
            self.check_say(number, turn["say"])
            self.check_faults(number, turn.get("faults", {}))
            self.check_expect(number, turn["expect"])

    def check_context(self) -> None:
        file, case = self.file, self.case
        file.unique(self.id, [visit["record"] for visit in self.visits])
        for visit in self.visits:
            self.check_visit(visit)
        self.check_before(case.get("before", []))
        given = case.get("given", {})
        file.keys(self.id, "given", given)
        file.known(self.id, given.get("services"), given.get("staff"))
        if "day" in given:
            file.moment(self.id, f"{given['day']}T00:00")
        for staff, days in case.get("gaps", {}).items():
            self.check_gaps(staff, days)
        if "offer" in case:
            file.keys(self.id, "open", case["offer"])
            made = self.now - timedelta(minutes=case["offer"]["minutes"])
            self.check_offer(f"{self.id} offer", case["offer"], made)
            self.open.append(case["offer"])

    def check_visit(self, visit: dict[str, Any]) -> None:
        file = self.file
        file.keys(self.id, "visit", visit)
        at = file.moment(self.id, visit["at"])
        if visit.get("client", self.case["client"]) not in file.data["clients"]:
            self.fail(f"visit of {visit['client']!r}, who does not exist")
        if file.known(self.id, visit["services"], visit["staff"]) and at:
            file.fits(f"{self.id} visit", visit["services"], visit["staff"], at)
            if at < self.now:
                self.fail(f"visit {visit['record']} is not to come")

    def check_before(self, lines: list[dict[str, Any]]) -> None:
        last = None
        for line in lines:
            self.file.keys(self.id, "before", line)
            if line["from"] not in ("client", "salon_phone", "us"):
                self.fail(f"before: from {line['from']!r}")
            if last is not None and line["minutes"] > last:
                self.fail("before: not oldest first")
            last = line["minutes"]
            if "record" in line:
                self.record(line["record"])
            if line["from"] != "client":
                self.check_dates(line["text"], self.now - timedelta(minutes=line["minutes"]))

    def check_gaps(self, staff: int, days: dict[str, list[str]]) -> None:
        self.file.known(self.id, None, staff)
        for day, spans in days.items():
            is_working = self.file.works(staff, date.fromisoformat(day))
            for span in spans:
                if not is_working or not re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", span):
                    self.fail(f"gap {day} {span} of {staff}")

    def record(self, record: Any) -> dict[str, Any] | None:
        for visit in self.visits:
            if visit["record"] == record:
                return visit
        self.fail(f"record {record!r} is no visit of this conversation")
        return None

    def check_say(self, number: int, say: list[Any]) -> None:
        for message in say:
            if isinstance(message, str):
                text = message
            else:
                self.file.keys(self.id, "message", message)
                text = message.get("text", "")
            if not isinstance(text, str):
                self.fail(f"{text!r} is not a text (quote it)", number)
                continue
            asks = [word for turn in self.case["turns"] for word in as_list(turn["expect"].get("asks"))]
            if "which_day" not in asks:
                self.check_dates(text, self.now)
            named = self.days_named(text)
            if named:
                self.asked_day = named

    def days_named(self, text: str) -> set[int]:
        text = text.lower()
        days = {weekday_of(word) for word in re.findall(WEEKDAY, text)}
        for word, shift in ((r"\bсегодня\b|\btoday\b", 0), (r"\bзавтра\b|\btomorrow\b", 1), (r"\bпослезавтра\b", 2)):
            if re.search(word, text):
                days.add((self.now + timedelta(days=shift)).weekday())
        return days

    def check_dates(self, text: str, near: datetime) -> None:
        """A weekday beside a date is that date's weekday: "четверг, 12 марта", "вс 16го"."""
        month = rf"\s*(?:-?го|-?е)?\s*(?:{MONTH})\w*|\.(?:0[1-9]|1[0-2])|-?го\b|-?е\b"
        for word, day, rest in re.findall(rf"({WEEKDAY}),?\s+(\d{{1,2}})({month})", text.lower()):
            dates = dates_in(
                day + (rest if re.search(rf"{MONTH}|\.", rest) else f" {MONTHS[near.month - 1]}"), near.date()
            )
            if not any(found.weekday() == weekday_of(word) for found in dates):
                self.fail(f"{word} {day}{rest}: that date is another day of the week")

    def check_faults(self, number: int, faults: dict[str, Any]) -> None:
        for method, fault in faults.items():
            if method not in FAULT_METHODS:
                self.fail(f"fault of an unknown method {method!r}", number)
            for one in as_list(fault):
                if one not in FAULT_WORDS and not (isinstance(one, int) and 300 <= one <= 599):
                    self.fail(f"fault {one!r}", number)

    # --- what is expected ---

    def check_expect(self, number: int, expect: dict[str, Any]) -> None:
        file, where = self.file, f"{self.id} turn {number + 1}"
        file.keys(where, "expect", expect)
        if not expect:
            self.fail("expects nothing", number)
        file.one_of(where, "act", expect.get("act"), ACTS | {None})
        file.one_of(where, "asks", expect.get("asks"), ASKS)
        file.one_of(where, "reason", expect.get("reason"), REASONS)
        acts = as_list(expect.get("act"))
        if acts == ["silent"] and set(expect) & {"has", "lacks", "times", "asks", "offer"}:
            self.fail("silence has no words", number)
        if "offer" in acts or "offer" in expect:
            if "offer" not in expect and acts == ["offer"]:
                self.fail("act offer without an offer", number)
            if not set(acts) & {"offer", None}:
                self.fail("an offer is described, and act forbids one", number)
        if "offer" in expect:
            self.check_offer(where, expect["offer"], self.now, expect)
            self.open.append(expect["offer"])
        self.check_times(number, expect)
        self.check_words(number, expect)
        self.check_writes(number, expect)

    def check_offer(
        self, where: str, offer: dict[str, Any], when: datetime, expect: dict[str, Any] | None = None
    ) -> None:
        file = self.file
        if "parts" in offer:
            for part in offer["parts"]:
                self.check_offer(where, {"op": offer["op"], **part}, when, expect)
            return
        if expect is not None:
            file.keys(where, "offer", offer)
        own = self.own_visit(where, offer)
        services = offer.get("services", own["services"] if own else None)
        staff = offer.get("staff", own["staff"] if own else None)
        if not file.known(where, services, staff) or services is None or staff is None:
            return
        prices = file.prices(services, as_list(staff))
        if "price" in offer and set(prices) != {offer["price"]}:
            file.fail(where, f"price {offer['price']}, the catalogue says {prices}")
        if offer["op"] != "cancel" and "at" in offer:
            self.check_offered_times(where, services, as_list(staff), as_list(offer["at"]), when, own)
            if expect is not None:
                self.check_offered_days(where, as_list(offer["at"]))

    def own_visit(self, where: str, offer: dict[str, Any]) -> dict[str, Any] | None:
        """The visit that is to be moved or cancelled."""
        own = self.record(offer["record"]) if "record" in offer else None
        if offer["op"] not in ("book", "move", "cancel"):
            self.file.fail(where, f"op {offer['op']!r}")
        if offer["op"] in ("move", "cancel") and own is None:
            self.file.fail(where, f"{offer['op']} without a record")
        return own

    def check_offered_times(
        self,
        where: str,
        services: list[int],
        staff: list[int],
        times: list[Any],
        when: datetime,
        own: dict[str, Any] | None,
    ) -> None:
        for text in times:
            at = self.file.moment(where, text)
            if at is None:
                continue
            if not any(self.possible(services, person, at, own) for person in staff):
                self.file.fail(where, f"{services} at {text} with {staff} is not in starts, or a visit stands there")
            if at < when + timedelta(minutes=self.file.data["salon"]["lead_minutes"]):
                self.file.fail(where, f"{text} is earlier than the lead time allows")

    def check_offered_days(self, where: str, times: list[str]) -> None:
        days = {datetime.fromisoformat(text).weekday() for text in times}
        if self.asked_day is not None and not days & self.asked_day:
            self.file.fail(where, "offered days are none of the weekdays that the client named last")

    def possible(self, services: list[int], staff: int, at: datetime, own: dict[str, Any] | None) -> bool:
        """The start is in `starts` and no coming visit stands there.

        A move may also use its own time, gaps, and the time that starts leave open.
        """
        file, first = self.file, at.hour * 60 + at.minute
        want = set(range(first, first + file.minutes(services, staff)))
        mine, taken = self.visits_on(staff, at.date(), own)
        day = at.date().isoformat()
        joined = "+".join(map(str, file.expand(services)))
        if hhmm(at) in file.data["starts"].get(staff, {}).get(joined, {}).get(day, []):
            return not want & taken
        return own is not None and bool(want & mine) and want <= (mine | self.open_on(staff, day)) - taken

    def visits_on(self, staff: int, day: date, own: dict[str, Any] | None) -> tuple[set[int], set[int]]:
        """The minutes of a day that the visit to be moved takes, and those that others take."""
        taken: set[int] = set()
        mine: set[int] = set()
        for visit in self.visits:
            moment = datetime.fromisoformat(visit["at"])
            if visit.get("deleted") or visit["staff"] != staff or moment.date() != day:
                continue
            start = moment.hour * 60 + moment.minute
            is_own = own is not None and visit["record"] == own["record"]
            (mine if is_own else taken).update(range(start, start + self.file.minutes(visit["services"], staff)))
        return mine, taken

    def open_on(self, staff: int, day: str) -> set[int]:
        """The minutes of a day that starts and gaps leave open."""
        free: set[int] = set()
        for person, combo, other, times in self.file.starts():
            if (person, other) == (staff, day):
                for time in times:
                    free.update(range(clock(time), clock(time) + self.file.minutes(combo, staff)))
        for span in self.case.get("gaps", {}).get(staff, {}).get(day, []):
            free.update(range(clock(span[:5]), clock(span[6:])))
        return free

    def offered_times(self, expect: dict[str, Any]) -> set[str]:
        offer = expect.get("offer", {})
        return {text[11:] for part in offer.get("parts", [offer]) for text in as_list(part.get("at", []))}

    def known_times(self) -> set[str]:
        """Every time of day that this conversation may name."""
        salon, times = self.file.data["salon"], set(self.file.start_times)
        for hours in (salon["hours"], *(person.get("works", {}) for person in self.file.data["staff"])):
            times |= {part for span in hours.values() for part in span.split("-")}
        for service in self.file.data["services"]:
            times |= {service["starts_until"]} if "starts_until" in service else set()
            times |= {at[11:] for at in service.get("group", {}).get("at", [])}
        times |= {visit["at"][11:] for visit in self.visits}
        times |= set({**salon["bot"], **self.case.get("bot", {})}.get("night", {}).values())
        for offer in self.open:
            times |= self.offered_times({"offer": offer})
        for text in (*salon["facts"].values(), *salon["rules"].values()):
            times |= {f"{int(hours):02}:{minutes}" for hours, minutes in re.findall(TIME, str(text))}
        return times

    def check_times(self, number: int, expect: dict[str, Any]) -> None:
        times = expect.get("times", {})
        self.file.keys(f"{self.id} turn {number + 1}", "times", times)
        good, bad = set(times.get("any_of", [])), set(times.get("none_of", []))
        odd = [time for time in good | bad if not isinstance(time, str) or not re.fullmatch(r"\d\d:\d\d", time)]
        if odd:
            self.fail(f"times: {odd} (quote it)", number)
            return
        if "at" in expect.get("offer", {}) and not good <= self.offered_times(expect):
            self.fail("times: any_of has times that the offer has not", number)
        for time in good - self.known_times():
            self.fail(f"times: {time} is in nobody's starts", number)
        self.check_forbidden_times(number, good, bad, expect)
        needed = sum(1 for group in expect.get("has", []) if isinstance(group, str) and re.fullmatch(TIME, group))
        if "at_most" in times and times["at_most"] < needed:
            self.fail("times: at_most is less than has asks for", number)

    def check_forbidden_times(self, number: int, good: set[str], bad: set[str], expect: dict[str, Any]) -> None:
        """What may not be named is not wanted elsewhere, and somebody might name it."""
        words = {time for group in expect.get("has", []) for time in self.times_in(group)}
        wanted = good | self.offered_times(expect) | words
        tempting = self.file.start_times | {visit["at"][11:] for visit in self.visits}
        for time in bad & wanted:
            self.fail(f"times: {time} is both wanted and forbidden", number)
        for time in bad:
            other = f"{(int(time[:2]) + 12) % 24:02}{time[2:]}"
            if time not in tempting and other not in wanted:
                self.fail(f"times: nothing tempts to name {time}", number)

    @staticmethod
    def times_in(group: Any) -> set[str]:
        return {
            f"{int(hours):02}:{minutes}" for text in as_list(group) for hours, minutes in re.findall(TIME, str(text))
        }

    def check_words(self, number: int, expect: dict[str, Any]) -> None:
        for group in expect.get("has", []):
            texts = as_list(group)
            if texts and all(isinstance(text, str) and text for text in texts):
                self.check_wanted(number, texts)
            else:
                self.fail(f"has: {group!r} (texts only, quote them)", number)
        for text in expect.get("lacks", []):
            if not isinstance(text, str) or not text:
                self.fail(f"lacks: {text!r} (texts only, quote them)", number)
            elif any(all(plain(text) in plain(one) for one in as_list(group)) for group in expect.get("has", [])):
                self.fail(f"lacks: {text!r} stands in what has asks for", number)

    def check_wanted(self, number: int, texts: list[str]) -> None:
        for time in self.times_in(texts) - self.known_times():
            self.fail(f"has: {time} is nowhere in the file", number)
        line = ", ".join(texts)
        self.check_dates(line, self.now)
        weekdays = {weekday_of(word) for word in re.findall(WEEKDAY, line.lower())}
        for day in dates_in(line, self.now.date()):
            if weekdays and day.weekday() not in weekdays:
                self.fail(f"has: {line}: {day} is another day of the week", number)

    def check_writes(self, number: int, expect: dict[str, Any]) -> None:
        where = f"{self.id} turn {number + 1}"
        for write in expect.get("writes", []):
            self.file.keys(where, "write", write)
            if write["op"] not in ("create", "move", "cancel", "confirm"):
                self.fail(f"writes: op {write['op']!r}", number)
            if "record" in write:
                self.record(write["record"])
            elif write["op"] != "create":
                self.fail(f"writes: {write['op']} without a record", number)
            if any("composite" in self.file.services.get(one, {}) for one in write.get("services", [])):
                self.fail("writes: a composite, write its parts", number)
            self.file.known(where, write.get("services"), write.get("staff"))
            if write["op"] != "confirm" and not any(
                self.covers(offer, write) for offer in self.open[: -1 if "offer" in expect else None]
            ):
                self.fail(f"writes: {write} was offered in no earlier turn", number)

    def covers(self, offer: dict[str, Any], write: dict[str, Any]) -> bool:
        """The write does what was proposed."""
        if "parts" in offer:
            return any(self.covers({"op": offer["op"], **part}, write) for part in offer["parts"])
        if {"book": "create"}.get(offer["op"], offer["op"]) != write["op"] or offer.get("record") != write.get(
            "record"
        ):
            return False
        if "services" in write and "services" in offer and self.file.expand(offer["services"]) != write["services"]:
            return False
        if "staff" in write and "staff" in offer and not set(as_list(write["staff"])) & set(as_list(offer["staff"])):
            return False
        return "at" not in write or "at" not in offer or bool(set(as_list(write["at"])) & set(as_list(offer["at"])))
