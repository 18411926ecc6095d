"""Links that a salon may put into its messages."""

from __future__ import annotations

import pytest

from aiadmin.domain.notices.web_link import is_public


@pytest.mark.parametrize(
    "link",
    [
        "https://yandex.ru/maps/org/salon/1234567890/reviews?add-review=true",
        "https://2gis.ru/moscow/firm/70000001?m=37.6,55.7/16#reviews",
        "https://g.page/r/CabcDEF/review",
        "https://отзывы.рф/салон",
        "https://xn--b1ac4aoj.xn--p1ai/",
        "https://n1.yclients.com",
    ],
)
def test_an_ordinary_address_is_taken(link: str) -> None:
    assert is_public(link)


@pytest.mark.parametrize(
    "link",
    [
        *["http://yandex.ru/", "HTTPS://yandex.ru/", "//yandex.ru/", "ftp://yandex.ru/", "javascript:alert(1)", ""],
        *['https://a.b"><script>', "https://ya.ru/a'b", "https://ya.ru/<b>", "https://ya.ru/a b", "https://ya.ru/`x"],
        *["https://user@ya.ru/", "https://user:pass@ya.ru/", "https://ya.ru\\@evil.ru/", "https://ya.ru:8443/"],
        *[
            "https://169.254.169.254/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/",
        ],
        *["https://017700000001/", "https://127.1/", "https://①②⑦.⓪.⓪.①/", "https://1.2.3.4./"],
        *[
            "https://localhost/",
            "https://a.localhost/",
            "https://printer.local/",
            "https://db.internal/",
            "https://x/",
        ],
        *[
            "https://.ru/",
            "https://a..ru/",
            "https://-a.ru/",
            f"https://{'a' * 64}.ru/",
            "https://" + "a." * 130 + "ru/",
        ],
        *["https://ya.ru/\u202efdp", "https://ya.ru/\n", "https://ya.ru/\x00", "https://ya.ru/" + "a" * 200],
        *["https://%6c%6f%63alhost/", "https:///ya.ru", "https://?x.ru", "https://#x.ru"],
    ],
)
def test_no_other_is(link: str) -> None:
    assert not is_public(link)
