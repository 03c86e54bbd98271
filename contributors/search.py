"""Finding payments by any part of the contributor's name, the article's title or its address, in a million rows.

PostgreSQL has trigram indexes on the three columns and chooses by itself whether to use them. SQLite keeps the same
trigrams in a table of its own, which triggers maintain (migration 0002); whether to use it is decided here.
"""

from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from contributors.models import Transaction

COLUMNS = ("contributor_name", "title", "url")
SHORTEST_INDEXED = 3
# A word in more rows than this is met so often that reading the newest payments one by one is faster.
RARE = 50_000
COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM contributors_transaction_words "
    "WHERE contributors_transaction_words MATCH %s LIMIT %s)"
)
MATCHES = "SELECT rowid FROM contributors_transaction_words WHERE contributors_transaction_words MATCH %s"


def matching(payments: QuerySet[Transaction], text: str) -> QuerySet[Transaction]:
    """The payments in which every word of the text occurs, in any case."""
    for word in text.split():
        payments = payments.filter(_has(word, payments.db))
    return payments


def _has(word: str, database: str) -> Q:
    if connections[database].vendor == "sqlite" and len(word) >= SHORTEST_INDEXED and _is_rare(word, database):
        return Q(pk__in=RawSQL(MATCHES, [_phrase(word)]))  # noqa: S611
    anywhere = Q()
    for column in COLUMNS:
        anywhere |= Q(**{f"{column}__icontains": word})
    return anywhere


def _is_rare(word: str, database: str) -> bool:
    with connections[database].cursor() as cursor:
        cursor.execute(COUNT, [_phrase(word), RARE + 1])
        return cursor.fetchone()[0] <= RARE


def _phrase(word: str) -> str:
    """The word as a phrase of the full-text language, in which nothing of it has a meaning."""
    return '"' + word.replace('"', '""') + '"'
