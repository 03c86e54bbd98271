"""Finding payments by any part of the contributor's name, the article's title or its address, in a million rows,
and contributors by how the words of the name begin.

PostgreSQL has trigram indexes on these columns and chooses by itself whether to use them. SQLite keeps the trigrams
of payments and the words of names in tables of their own, which triggers maintain (migrations 0002 and 0013); whether
to use them is decided here.
"""

import re
from functools import reduce
from operator import or_

from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from contributors.models import Contributor, Transaction

COLUMNS = ("contributor_name", "title", "url")
SHORTEST_INDEXED = 3
# Words in more rows than this are met so often that reading the newest payments one by one is faster.
RARE = 20_000
COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM contributors_transaction_words "
    "WHERE contributors_transaction_words MATCH %s LIMIT %s)"
)
NAMED = "SELECT rowid FROM contributors_contributor_words WHERE contributors_contributor_words MATCH %s"
MATCHES = "SELECT rowid FROM contributors_transaction_words WHERE contributors_transaction_words MATCH %s"


def matching(payments: QuerySet[Transaction], text: str) -> QuerySet[Transaction]:
    """The payments with every word of the text, in any case. One or two letters alone must begin a name."""
    words = text.split()
    long_words = [word for word in words if len(word) >= SHORTEST_INDEXED]
    for word in words:
        if word in long_words:
            continue
        begun = Contributor.objects.order_by()
        payments = payments.filter(_anywhere(word) if long_words else Q(contributor__in=named(begun, word)))
    return _with_words(payments, long_words)


def named(people: QuerySet[Contributor], typed: str) -> QuerySet[Contributor]:
    """Those of the people in whose names some word begins with each word typed, in any case and order."""
    words = [word for word in (re.sub(r"^\W+", "", part) for part in typed.split()) if word]
    if not words:
        return people.none()
    if connections[people.db].vendor == "sqlite":
        query = " AND ".join(f"{_phrase(word)} *" for word in words)
        return people.filter(pk__in=RawSQL(NAMED, [query]))  # noqa: S611
    for word in words:
        # \m: where a word begins.
        people = people.filter(name__iregex=rf"\m{re.escape(word)}")
    return people


def _with_words(payments: QuerySet[Transaction], words: list[str]) -> QuerySet[Transaction]:
    if words and connections[payments.db].vendor == "sqlite":
        query = " AND ".join(_phrase(word) for word in words)
        if _is_rare(query, payments.db):
            return payments.filter(pk__in=RawSQL(MATCHES, [query]))  # noqa: S611
    for word in words:
        payments = payments.filter(_anywhere(word))
    return payments


def _anywhere(word: str) -> Q:
    return reduce(or_, (Q(**{f"{column}__icontains": word}) for column in COLUMNS))


def _is_rare(query: str, database: str) -> bool:
    with connections[database].cursor() as cursor:
        cursor.execute(COUNT, [query, RARE + 1])
        return cursor.fetchone()[0] <= RARE


def _phrase(word: str) -> str:
    """The word as a phrase of the full-text language, in which nothing of it has a meaning."""
    return '"' + word.replace('"', '""') + '"'
