"""The fake YClients for tests, benchmarks and the demo: everything that it can be told, as methods."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.yclients.process import ANSWER_WITHIN, Running


class FakeYClients(Running):
    """A running fake YClients; a context manager, or ``start()`` and ``stop()``. It may be started again on its port.

    Attributes:
        url: where it listens; also the marketplace's address. The REST API is at ``url + "/api/v1"``.
    """

    def connect(self, salon_ids: Sequence[int], **facts: Any) -> str:
        """The owner presses Connect; the address that the browser is sent to."""
        url: str = self.control("POST", "/connect", salon_ids=list(salon_ids), **facts)["url"]
        return url

    def salon(self, salon_id: int, **counts: Any) -> dict[str, Any]:
        """Fill a salon's journal anew: the small one made by hand, or with counts (and a seed) a generated one.

        Args:
            counts: `clients`, `records`, `masters`, `services`, `seed`; also `facts`, `timezone_name`, `rights`.

        Returns:
            The ids of its `categories`, `services`, `staff`, `clients` and `records`.
        """
        return self.control("POST", "/salon", salon_id=salon_id, **counts)

    def change_salon(self, salon_id: int, **changes: Any) -> dict[str, Any]:
        """`facts` of the company, `timezone_name`, `rights`, `users`, `races`; the company as it is then."""
        return self.control("POST", f"/salon/{salon_id}", **changes)

    def state(self, salon_id: int) -> dict[str, Any]:
        """Everything in a salon as REST would show it: `company`, `services`, `records` (deleted ones too), ..."""
        return self.control("GET", f"/salon/{salon_id}")

    def add_record(self, salon_id: int, **fields: Any) -> dict[str, Any]:
        """Somebody at the desk books: `datetime`, any of `staff_id`, `services`, `client`, ... (`POST /records`)."""
        return self.control("POST", "/journal/record", salon_id=salon_id, **fields)

    def edit_record(self, salon_id: int, record_id: int, **fields: Any) -> dict[str, Any]:
        """Somebody at the desk changes these fields; webhooks follow. The record as it is then."""
        return self.control("POST", "/journal/record", salon_id=salon_id, record_id=record_id, **fields)

    def delete_record(self, salon_id: int, record_id: int) -> dict[str, Any]:
        """Somebody at the desk deletes a record."""
        return self.edit_record(salon_id, record_id, deleted=True)

    def edit(self, what: str, salon_id: int, **fields: Any) -> dict[str, Any]:
        """Change a `client`, `service`, `staff`, `schedule` or the `company`; see ``control_journal``."""
        return self.control("POST", f"/journal/{what}", salon_id=salon_id, **fields)

    def hook_fault(self, kind: str, **facts: Any) -> None:
        """Let webhooks go wrong: `drop`, `duplicate`, `reorder`, `late`; see ``hooks.faults.HookFault``."""
        self.control("POST", "/hook_fault", kind=kind, **facts)

    def deliveries(self) -> list[dict[str, Any]]:
        """Every webhook, oldest first: `number`, `kind`, `url`, `body`, `state` and its `attempts`."""
        listed: list[dict[str, Any]] = self.control("GET", "/deliveries")["deliveries"]
        return listed

    def send_deliveries(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Send these one after the other, in this order, some twice if you like (see `hooks_are_held`)."""
        sent: list[dict[str, Any]] = self.control("POST", "/deliveries/send", numbers=list(numbers))["deliveries"]
        return sent

    def settled(self, timeout: float = ANSWER_WITHIN / 2) -> bool:
        """Wait until no webhook is on its way; False when the time is over."""
        return bool(self.control("POST", "/deliveries/settled", timeout=timeout)["settled"])

    def uninstall(self, salon_id: int) -> None:
        """The salon removes our app."""
        self.control("POST", "/uninstall", salon_id=salon_id)

    def freeze(self, salon_id: int) -> None:
        """The salon has not paid."""
        self.control("POST", "/freeze", salon_id=salon_id)

    def pay(self, salon_id: int, amount: float = 990) -> int:
        """The salon pays at the marketplace; the payment's number."""
        number: int = self.control("POST", "/pay", salon_id=salon_id, amount=amount)["payment_id"]
        return number

    def conversation(self, salon_id: int, file: Mapping[str, Any], case_id: str | None = None) -> str:
        """The salon of a file of conversations, with the visits of one of them; the time stands where it says.

        Faults by method are gone; the addresses of webhooks and the activation stay.
        """
        salon = {name: value for name, value in file.items() if name != "conversations"}
        case = None if case_id is None else {one["id"]: one for one in file["conversations"]}[case_id]
        now: str = self.control("POST", "/conversation", salon_id=salon_id, file=salon, case=case)["now"]
        return now

    def method_faults(self, **faults: Any) -> None:
        """These faults by method and no others: `book_check=433`, `create=[None, "502_saved"]`, `records="down"`."""
        self.control("POST", "/method_faults", **faults)

    def writes(self, salon_id: int) -> list[dict[str, Any]]:
        """What apps have changed in a salon's records: `op`, `record`, `services`, `staff`, `at`, `client`."""
        listed: list[dict[str, Any]] = self.control("GET", f"/writes/{salon_id}")["writes"]
        return listed

    def operator_send(self, salon_id: int, phones: Sequence[str], text: str, **said: Any) -> dict[str, Any]:
        """Let YClients ask the app to send: its answer's `status`, the `reply`, `problems` with it, the `ids`.

        Args:
            said: `url` (or the setting `operator_url`), `channel`, `dispatch_type`, `from`.
        """
        return self.control("POST", "/operator_send", salon_id=salon_id, phones=list(phones), text=text, **said)

    def provider_messages(self) -> list[dict[str, Any]]:
        """Every message that YClients asked for, with the `statuses` that the app reported."""
        listed: list[dict[str, Any]] = self.control("GET", "/operator")["messages"]
        return listed

    def sms_code(self, salon_id: int, phone: str) -> str:
        """The code that `POST /book_code` sent to this phone."""
        code: str = self.state(salon_id)["codes"][phone]
        return code

    def clock(self, **moved: Any) -> str:
        """Move YClients' time by `seconds=` or set it to `now=` (`stands=True`: and stop it there).

        Without either it is the machine's again.
        """
        now: str = self.control("POST", "/clock", **moved)["now"]
        return now

    def activate(self, salon_id: int, **given: Any) -> None:
        """Install our app as if the product had done it: connected, activated, with `webhook_urls` if given."""
        self.connect([salon_id])
        body = {"salon_id": salon_id, "application_id": self.app_id, **given}
        url, headers = f"{self.url}/marketplace/partner/callback", self.headers(user=False)
        self.http.post(url, json=body, headers=headers, timeout=ANSWER_WITHIN).raise_for_status()

    def fault(self, path: str, **facts: Any) -> None:
        """Let the server misbehave; see ``faults.Fault``."""
        self.control("POST", "/fault", path=path, **facts)

    def settings(self, **changes: Any) -> None:
        """Change what is unknown about the real one; see ``settings.Settings``."""
        self.control("POST", "/settings", **changes)

    def reset(self) -> None:
        """As if just started."""
        self.control("POST", "/reset")

    def keep(self, name: str) -> None:
        """Note all salons, installations, deliveries and requests, for `restore`; what had the name is forgotten."""
        self.control("POST", "/keep", name=name)

    def restore(self, name: str) -> None:
        """As it was when it was kept; settings, faults and the time are as after a reset."""
        self.control("POST", "/restore", name=name)

    def callbacks(self) -> list[dict[str, Any]]:
        """Every activation that reached the marketplace, oldest first, with the status it was answered."""
        listed: list[dict[str, Any]] = self.control("GET", "/callbacks")["callbacks"]
        return listed

    def requests(self) -> list[dict[str, Any]]:
        """Every request but those of the control API; one that has no answer yet has no status."""
        listed: list[dict[str, Any]] = self.control("GET", "/requests")["requests"]
        return listed

    def link(self, salon_id: int) -> dict[str, Any] | None:
        """How far our app is installed in a salon, and with what."""
        links: list[dict[str, Any]] = self.control("GET", "/links")["links"]
        return next((link for link in links if link["salon_id"] == salon_id), None)
