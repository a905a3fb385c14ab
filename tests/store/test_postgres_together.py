"""Several insertions, as the one statement that PostgreSQL is sent."""

from bridge.store.engine import Insertion
from bridge.store.postgres.together import together

ONE = Insertion("INSERT INTO one VALUES ($1, $2, $1)", ("a", 2))
TWO = Insertion("INSERT INTO two VALUES ($1) ON CONFLICT DO NOTHING", (None,))
MANY = Insertion(
    "INSERT INTO many VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", tuple(range(11))
)


def test_one_alone_is_as_it_is() -> None:
    assert together([ONE]) == tuple(ONE)


def test_the_values_of_each_are_numbered_on() -> None:
    text, values = together([TWO, ONE, TWO])
    assert text == (
        "WITH added_0 AS (INSERT INTO two VALUES ($1) ON CONFLICT DO NOTHING),"
        " added_1 AS (INSERT INTO one VALUES ($2, $3, $2))"
        " INSERT INTO two VALUES ($4) ON CONFLICT DO NOTHING"
    )
    assert values == (None, "a", 2, None)


def test_a_number_is_no_part_of_a_longer_one() -> None:
    text, values = together([ONE, MANY, MANY])
    assert "($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))" in text
    assert text.endswith("($14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)")
    assert values == ("a", 2, *range(11), *range(11))
