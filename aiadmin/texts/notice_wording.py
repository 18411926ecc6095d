"""How a notice is filled in, in whatever language: a salon's own text or ours, for one visit or a list of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from aiadmin.domain.notices.answered import without_question
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.sure import is_of_visit, is_sure
from aiadmin.domain.notices.template import TemplateData, TemplateError, check, render

Told = tuple[tuple[str, ...], str]
"""Variables, and a sentence that tells them."""


@dataclass(frozen=True, kw_only=True)
class NoticeWording:
    """What a language has for notices, and the texts made of it (`texts.NoticeTexts`).

    Attributes:
        templates: ours, which clients read where a salon has no text of its own.
        as_it_is: what is left of a visit of which a part is off or was moved.
        lists: what stands before and after a list of several visits, by what is told of them; with None for
            `as_it_is`.
        line: one visit of a list.
        told: how variables are told where the question that had them is left out; those with more variables first.
        words: what stands for each variable, empty where it is not known.
        agreed: a text whose words agree in number and case with what will stand beside them.
    """

    templates: Mapping[NoticeKind, str]
    as_it_is: str
    lists: Mapping[NoticeKind | None, tuple[str, str]]
    line: str
    told: Sequence[Told]
    words: Callable[[TemplateData], Mapping[str, str]]
    agreed: Callable[[str, TemplateData], str]

    def fill(self, template: str, facts: TemplateData, *, is_asked: bool = True) -> str:
        """A text with what is known of a booking; empty when it speaks of nothing that is known.

        Args:
            is_asked: whether the client still has to say that they come; otherwise what asks for it is left out.

        Raises:
            TemplateError: the text cannot be filled in.
        """
        check(template)
        return self._filled(self._asking(template, is_asked=is_asked), facts)

    def say(self, kind: NoticeKind, own: str | None, facts: TemplateData, *, is_asked: bool = True) -> str:
        """What is sent, never empty: the salon's own text, or ours where it has none, or one that is not `sure`."""
        ours = self.templates[kind]
        return (
            (own and self._own(kind, own, facts, is_asked=is_asked))
            or self.fill(ours, facts, is_asked=is_asked)
            or self.fill(ours, facts)
        )

    def fill_list(self, kind: NoticeKind | None, visits: Sequence[TemplateData]) -> str:
        """Several visits at once; with None as they are now, of a visit of which a part is off or was moved."""
        before, after = self.lists[kind]
        hello, goodbye = render(before, self.words(visits[0])), render(after, self.words(visits[0]))
        lines = (self._filled(self.line, visit) for visit in visits)
        return "\n".join((hello, *lines, goodbye))

    def _own(self, kind: NoticeKind, template: str, facts: TemplateData, *, is_asked: bool) -> str:
        try:
            check(template)
        except TemplateError:
            return ""
        told = self._asking(template, is_asked=is_asked)
        if told != template and not is_of_visit(told):
            return ""
        return self._filled(told, facts) if is_sure(kind, told, self.words(facts)) else ""

    def _asking(self, template: str, *, is_asked: bool) -> str:
        return template if is_asked else without_question(template, self._tell)

    def _filled(self, template: str, facts: TemplateData) -> str:
        return render(self.agreed(template, facts), self.words(facts))

    def _tell(self, names: Collection[str]) -> str:
        """These variables, each in a sentence."""
        left, said = set(names), []
        for told, sentence in self.told:
            if left.issuperset(told):
                left.difference_update(told)
                said.append(sentence)
        return " ".join(said)
