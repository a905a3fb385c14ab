"""People over the years: whatever WeChat and the operator do, a subject is one person's for ever.

Random histories. People sign in by several applications of two platform accounts, with a unionid or
without; applications move to the other account, and accounts are renamed in the settings; strangers
share the ids of a virtual account; the operator disables, merges and erases. Ids of different kinds
and realms look alike.
"""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bridge.store import AccountState, AuditEvent, Store, Unmergeable
from bridge.store.sqlite import SQLiteEngine
from bridge.wechat.identity import WeChatIdentity, subject_for
from tests.store.examples import NOW, look, new, new_account, retired, sign_in

T = TypeVar("T")

PEOPLE = ("ann", "bob", "cem", "dai")
STRANGERS = ("eve", "flo", "gus")
APPS = ("wx-web", "wx-phone", "wx-other")
WITHIN_WECHAT = APPS[1]
PLATFORMS = ("one", "two")
KEY = b"k" * 32

# An openid's (appid, openid), which is one person's, whatever else WeChat says
Key = tuple[str, str]


def alike(person: str, realm: str, realms: tuple[str, ...]) -> str:
    """What one person is called in one realm, their neighbour is called in the last."""
    return PEOPLE[PEOPLE.index(person) ^ (realm == realms[-1])]


class IdentitiesOverTime(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.engine = SQLiteEngine(Path(self.folder.name) / "bridge.db")
        self.store = Store(self.engine)
        self.run(self.store.migrate())
        # Where each application is, by which name, and how often it was moved
        self.platform = {"wx-web": "one", "wx-phone": "one", "wx-other": "two"}
        self.moves: dict[str, int] = dict.fromkeys(PLATFORMS, 0)
        self.names: dict[str, str] = {platform: platform for platform in PLATFORMS}
        # What has been told so far
        self.subject_of: dict[Key, str] = {}
        self.person_of: dict[str, str] = {}
        self.same_as: dict[str, str] = {}
        self.spent: set[str] = set()
        self.disabled: set[str] = set()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def teardown(self) -> None:
        self.run(self.store.close())
        self.loop.close()
        self.folder.cleanup()

    # What WeChat does

    @rule(person=st.sampled_from(PEOPLE), app=st.sampled_from(APPS), is_bound=st.booleans())
    def come(self, person: str, app: str, *, is_bound: bool) -> None:
        platform = self.platform[app]
        openid = f"o-{person}" if app == WITHIN_WECHAT else f"id-{alike(person, app, APPS)}-0"
        unionid = f"id-{alike(person, platform, PLATFORMS)}-{self.moves[platform]}"
        self.arrive(person, app, openid, unionid if is_bound else None)

    @rule(stranger=st.sampled_from(STRANGERS))
    def come_from_a_preview_page(self, stranger: str) -> None:
        """The flag is_snapshotuser is missing: all share a unionid, each has an openid."""
        self.arrive(stranger, WITHIN_WECHAT, f"o-virtual-{stranger}", "u-virtual")

    @rule(app=st.sampled_from(APPS))
    def move(self, app: str) -> None:
        """To the other platform account: its unionids are others."""
        self.platform[app] = PLATFORMS[1 - PLATFORMS.index(self.platform[app])]

    @rule(platform=st.sampled_from(PLATFORMS))
    def change_all_unionids(self, platform: str) -> None:
        self.moves[platform] += 1

    @rule(platform=st.sampled_from(PLATFORMS))
    def rename(self, platform: str) -> None:
        """The operator writes another name into the settings, though nothing has moved."""
        self.names[platform] += "x"

    # What the operator does

    @precondition(lambda self: self.person_of)
    @rule(data=st.data())
    def disable_or_enable(self, data: st.DataObject) -> None:
        subject = self.any_subject(data)
        account_id, audit_id = self.account_id(subject), new("audit")
        if subject in self.disabled:
            assert self.run(self.store.enable_account(account_id, audit_id=audit_id, now=NOW))
        else:
            assert self.run(self.store.disable_account(account_id, audit_id=audit_id, now=NOW))
        self.disabled ^= {subject}

    @precondition(lambda self: len(self.person_of) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        former, survivor = self.any_subject(data), self.any_subject(data)
        apps = [
            {app for (app, _), of in self.subject_of.items() if of == subject}
            for subject in (former, survivor)
        ]
        may = former != survivor and not apps[0] & apps[1]
        may = may and self.disabled.isdisjoint({former, survivor})
        try:
            self.run(
                self.store.merge_accounts(
                    self.account_id(former),
                    self.account_id(survivor),
                    audit_id=new("audit"),
                    now=NOW,
                )
            )
        except Unmergeable:
            assert not may
            return
        assert may
        # The operator's word that they are one
        self.same_as[self.one(self.person_of.pop(former))] = self.one(self.person_of[survivor])
        self.spent.add(former)
        for key, subject in self.subject_of.items():
            if subject == former:
                self.subject_of[key] = survivor

    @precondition(lambda self: self.person_of)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        subject = self.any_subject(data)
        erased = self.store.erase_account(
            self.account_id(subject), retired_as=retired, audit_id=new("audit"), now=NOW
        )
        assert self.run(erased) is not None
        self.subject_of = {key: of for key, of in self.subject_of.items() if of != subject}
        self.disabled.discard(subject)
        self.spent.add(subject)
        del self.person_of[subject]

    # What has to hold

    @invariant()
    def an_account_has_one_openid_of_an_application(self) -> None:
        rows = self.look(
            "SELECT account_id, realm FROM identities WHERE kind = 'openid'"
            " GROUP BY account_id, realm HAVING count(*) > 1"
        )
        assert rows == []

    @invariant()
    def only_who_may_sign_in_has_a_session_or_a_grant(self) -> None:
        states = self.look(
            "SELECT DISTINCT state FROM sessions JOIN accounts USING (account_id)"
            " LEFT JOIN grants USING (sid) WHERE ended_at IS NULL OR"
            " (grant_id IS NOT NULL AND revoked_at IS NULL)"
        )
        assert states in ([], [("active",)])

    @invariant()
    def ids_lead_to_people_that_there_are(self) -> None:
        states = self.look("SELECT DISTINCT state FROM identities JOIN accounts USING (account_id)")
        assert {state for (state,) in states} <= {"active", "disabled"}

    @invariant()
    def of_who_is_erased_nothing_is_known(self) -> None:
        rows = self.look(
            "SELECT subject, nickname FROM accounts LEFT JOIN sessions USING (account_id)"
            " WHERE state = 'erased' AND (sid IS NOT NULL OR nickname IS NOT NULL"
            " OR subject NOT LIKE 'erased:%')"
        )
        assert rows == []

    # How

    def arrive(self, person: str, app: str, openid: str, unionid: str | None) -> None:
        identity = WeChatIdentity(
            appid=app,
            platform_account=self.names[self.platform[app]],
            openid=openid,
            unionid=unionid,
            nickname=person,
            is_profile_told=True,
        )
        arrived = self.run(self.came(identity))
        known = self.subject_of.get((app, openid))
        if known in self.disabled:
            assert arrived.signed_in.is_disabled
        if arrived.signed_in.session is None:
            # Nobody is locked out of what they had
            assert known is None or known in self.disabled
            assert arrived.signed_in.is_disabled or arrived.signed_in.audit_event in (
                AuditEvent.IDENTITY_SHARED,
                AuditEvent.SUBJECT_TAKEN,
            )
            return
        subject = arrived.account.subject
        assert known in (None, subject)
        assert subject not in self.spent | self.disabled
        assert self.one(self.person_of.setdefault(subject, person)) == self.one(person)
        self.subject_of[app, openid] = subject

    async def came(self, identity: WeChatIdentity) -> Any:
        """As the callback does: which subject, if they are new?"""
        erasures = 0
        while True:
            subject = subject_for(identity, setting="either", subject_key=KEY, erasures=erasures)
            known, is_retired = await self.store.find_account(identity, retired(subject))
            if known is not None or not is_retired:
                break
            erasures += 1
        return await sign_in(self.store, identity, if_new=new_account(subject=subject))

    def one(self, person: str) -> str:
        """Whom the operator takes this person for."""
        while self.same_as.get(person, person) != person:
            person = self.same_as[person]
        return person

    def any_subject(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.person_of)))

    def account_id(self, subject: str) -> str:
        [known] = [
            known
            for known in self.run(self.store.find_accounts(subject, retired_as=retired(subject)))
            if known.account.subject == subject
        ]
        assert known.state in (AccountState.ACTIVE, AccountState.DISABLED)
        return known.account.account_id

    def look(self, query: str) -> list[tuple[Any, ...]]:
        return self.run(look(self.engine, query))


TestIdentitiesOverTime = IdentitiesOverTime.TestCase
TestIdentitiesOverTime.settings = settings(max_examples=40, stateful_step_count=40)
