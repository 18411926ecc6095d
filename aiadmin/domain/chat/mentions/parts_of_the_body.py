"""Parts of the body: what is done with them, and what only says where it is done, or of what is told."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.mentions.service_phrases import Mention
from aiadmin.domain.chat.mentions.service_words import JOINTS, LONGEST_PREPOSITION, is_service_word
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.words.circumstances import BODY
from aiadmin.domain.chat.words.remarks import PLACES_OF_BODY


def mentions_wished(heard: Heard, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions where something is wished; what is only told of counts where nothing else is named.

    A part of the body that is told of says what is meant: "болит спина, хочу массаж".
    """
    wished = [one for one in mentions if not all(map(heard.is_told, one.places))]
    telling = [one for one in wished if not _is_of_body(heard, one)]
    if any(not one.is_left_out for one in telling):
        kept = [one for one in wished if one in telling or not _is_saying_more(heard, one)]
        told = [one for one in mentions if one not in kept and _is_of_body(heard, one)]
        for one in kept:
            one.ids = one.ids.intersection(*(each.ids for each in told)) or one.ids
        others = [one for one in told if any(_is_of_another_part(heard, each, one) for each in kept)]
        return [one for one in mentions if one in kept or one in others]
    return wished or list(mentions)


def _is_of_another_part(heard: Heard, wished: Mention, told: Mention) -> bool:
    """Whether what is wished is for another part of the body here than the one that was told of.

    "Ресницы осыпались, хочу коррекцию" means no brows, though only those are corrected here.
    """
    lemma, parts = heard.context.vocabulary.morphology.lemma, BODY | PLACES_OF_BODY
    titles = [one.title for one in heard.context.vocabulary.services if one.id in wished.ids]
    said = {lemma(heard.word(place)) for place in (*wished.places, *told.places)}
    return all(title & parts and not title & parts & said for title in titles)


def without_bare_parts(heard: Heard, found: Sequence[Mention]) -> list[Mention]:
    """The wishes without a part of the body that only says of what the one before it is: "пилинг лица"."""
    kept = list[Mention]()
    for one in found:
        before = kept[-1] if kept else None
        is_behind = before is not None and one.first == max(before.places) + 1 and before.whom == one.whom
        if before is not None and is_behind and _is_of_body(heard, one) and not _are_of_parts(heard, before):
            before.hints += one.places
        else:
            kept.append(one)
    return kept


def _are_of_parts(heard: Heard, mention: Mention) -> bool:
    """Whether the titles of all services of a wish tell a part of the body."""
    titles = [one.title for one in heard.context.vocabulary.services if one.id in mention.ids]
    return all(title & (BODY | PLACES_OF_BODY) for title in titles)


def of_other_part(heard: Heard, mention: Mention) -> int | None:
    """Where a part of the body stands behind a service that is done for others here: "массаж спины", of the face."""
    vocabulary, lemma = heard.context.vocabulary, heard.context.vocabulary.morphology.lemma
    titles = [one.title for one in vocabulary.services if one.id in mention.ids]
    behind = max(mention.places) + 1
    part = lemma(heard.word(behind))
    said = {lemma(heard.word(place)) for place in mention.places}
    is_genitive = heard.word(behind) != part and heard.word_class(behind) is WordClass.NOUN
    is_other = part in PLACES_OF_BODY | {"тело"} and is_genitive
    if not is_other or mention.whom or mention.is_left_out or said & (BODY | PLACES_OF_BODY):
        return None
    meant = vocabulary.service_words(heard.word(behind)) | {part}
    return behind if _are_of_parts(heard, mention) and not any(title & meant for title in titles) else None


def says_only_of_what(heard: Heard, mention: Mention) -> bool:
    """Whether a question names something that we have not, and the mention says only of what: "пересадку волос"."""
    place = mention.first - 1 - (heard.word(mention.first - 1) == "для")
    own, head = heard.context.vocabulary, heard.word(place)
    is_asked = heard.has("DOES") or heard.word(len(heard.tokens) - 1) == "?"
    is_thing = heard.word_class(place) in {WordClass.NOUN, WordClass.STRANGE} and len(head) > LONGEST_PREPOSITION
    is_unknown = is_thing and not own.is_ours(head) and not own.service_words(head) and not own.is_remark(head)
    return is_asked and is_unknown and _is_of_body(heard, mention)


def _is_of_body(heard: Heard, mention: Mention) -> bool:
    """Whether a mention is only of parts of the body: "ногти"; it may be a service, and it may be anything else."""
    if mention.whom:
        return False
    lemma = heard.context.vocabulary.morphology.lemma
    return all(lemma(heard.word(place)) in BODY | PLACES_OF_BODY for place in (*mention.places, *mention.hints))


def _is_saying_more(heard: Heard, mention: Mention) -> bool:
    """Whether a sentence tells something of a part of the body: "руки из одного места"; in a list it stands alone."""
    beside = {heard.word(mention.first - 1), heard.word(mention.end)}
    own = heard.context.vocabulary
    return not beside & (JOINTS | {"на", "для"}) and any(
        heard.word_class(place) in _TOLD_OF_BODY
        and place not in mention.places
        and not any(heard.word(place) in table for table in (own.names, own.families, own.given_names))
        and LEXICON.get(heard.word(place), {}).keys() <= _NO_TIME
        and not is_service_word(heard, place)
        for place in heard.sentence(mention.first)
    )


_NO_TIME = frozenset({"SLOT", "COUNTED"})
"""What words of the grammar of times are that may be anything: "из одного места"."""
_TOLD_OF_BODY = frozenset({WordClass.NOUN, WordClass.STATEMENT, WordClass.PAST, WordClass.STRANGE})


def without_places(heard: Heard, mentions: Sequence[Mention]) -> Sequence[Mention]:
    """The wishes without those that only say where another is done: "колечко в носу поменять" pierces no nose."""
    where = [one for one in mentions if all(_is_where(heard, place) for place in one.places)]
    telling = [one for one in mentions if one not in where]
    kept = [one for one in mentions if one in telling or not telling]
    for one in where if telling else ():
        telling[0].hints += one.places
    return kept


def _is_where(heard: Heard, place: int) -> bool:
    """Whether a word says in which place of the body something is."""
    is_place = heard.context.vocabulary.morphology.lemma(heard.word(place)) in PLACES_OF_BODY
    return is_place and heard.word(place - 1) in {"в", "из"}
