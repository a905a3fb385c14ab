"""How long an answer is kept: RFC 9111 §5.2.2, within bounds."""

import pytest

from bridge.fetching import FetchFailed
from bridge.fetching.answers import MOST_ANSWERS, Answers, failure, success

WANTED = ("rp", "https://rp.example.com/jwks")


@pytest.mark.parametrize(
    ("cache_control", "lifetime"),
    [
        ("", 300),
        ("public", 300),
        ("max-age=600", 600),
        ("public, max-age=600", 600),
        ('Max-Age="600"', 600),
        ("max-age = 600, must-revalidate", 600),
        ("max-age=0", 60),
        ("max-age=86400", 3_600),
        ("max-age=9999999999999999999999", 3_600),
        ("max-age=-5", 300),
        ("x-max-age=7", 300),
        ("no-store", 60),
        ("no-cache, max-age=600", 60),
        ("private, no-store,max-age=0", 60),
    ],
)
def test_an_answer_is_kept_as_long_as_it_says_within_bounds(
    cache_control: str, lifetime: int
) -> None:
    answers = Answers()
    answers.keep(WANTED, success(b"body", cache_control, now=1_000), now=1_000, fresh=False)
    kept = answers.find(WANTED, now=1_000 + lifetime - 1, fresh=False)
    assert kept is not None
    assert kept.content() == b"body"
    assert answers.find(WANTED, now=1_000 + lifetime, fresh=False) is None


def test_a_failure_is_kept_for_a_moment() -> None:
    answers = Answers()
    answers.keep(WANTED, failure("status 500", now=1_000), now=1_000, fresh=False)
    kept = answers.find(WANTED, now=1_009, fresh=True)
    assert kept is not None
    for _ in (1, 2):
        with pytest.raises(FetchFailed, match="status 500"):
            kept.content()
    assert answers.find(WANTED, now=1_010, fresh=False) is None


def test_who_wants_it_fresh_is_given_what_was_fetched_for_them_just_now() -> None:
    answers = Answers()
    answers.keep(WANTED, success(b"body", "", now=1_000), now=1_000, fresh=False)
    assert answers.find(WANTED, now=1_000, fresh=True) is None
    answers.keep(WANTED, success(b"body", "", now=1_000), now=1_000, fresh=True)
    assert answers.find(WANTED, now=1_009, fresh=True) is not None
    assert answers.find(WANTED, now=1_010, fresh=True) is None
    assert answers.find(WANTED, now=1_010, fresh=False) is not None


def test_a_failure_does_not_replace_an_answer_that_is_good() -> None:
    answers = Answers()
    answers.keep(WANTED, success(b"body", "", now=1_000), now=1_000, fresh=False)
    told = answers.keep(WANTED, failure("no answer in time", now=1_020), now=1_020, fresh=True)
    assert told.body is None
    assert answers.find(WANTED, now=1_040, fresh=True) is None
    kept = answers.find(WANTED, now=1_025, fresh=True)
    assert kept is not None
    assert kept.content() == b"body"
    answers.keep(WANTED, failure("no answer in time", now=1_300), now=1_300, fresh=False)
    gone = answers.find(WANTED, now=1_301, fresh=False)
    assert gone is not None
    assert gone.body is None


def test_a_bounded_number_of_answers_is_kept_the_latest() -> None:
    answers = Answers()
    for number in range(MOST_ANSWERS + 1):
        answers.keep(
            ("rp", f"https://rp.example.com/{number}"), success(b"", "", now=1), now=1, fresh=False
        )
    assert answers.find(("rp", "https://rp.example.com/0"), now=2, fresh=False) is None
    for number in (1, MOST_ANSWERS):
        wanted = ("rp", f"https://rp.example.com/{number}")
        assert answers.find(wanted, now=2, fresh=False) is not None


def test_what_one_client_named_is_not_anothers() -> None:
    answers = Answers()
    answers.keep(WANTED, failure("two at a time", now=1), now=1, fresh=False)
    assert answers.find(("other", WANTED[1]), now=1, fresh=False) is None
