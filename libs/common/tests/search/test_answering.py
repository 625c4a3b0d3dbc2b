"""What a service answers to ``search``: rights, masks, counts are SQL's, whatever the index says (SCH-03, SCH-04)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from crm_common import codec
from crm_common.clock import FixedClock
from crm_common.context import Actor, ActorKind, Context, Seal, system_context
from crm_common.errors import CrmError
from crm_common.jobs import Scheduler
from crm_common.provision import Provisioned
from crm_common.runtime.assembly import Assembly
from crm_common.runtime.local import LocalRuntime
from crm_common.search.elastic import ElasticSearch
from crm_common.search.measures import Measures
from crm_common.search.port import SearchStore
from crm_common.settings import Secret
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from finding.corpus import CORPUS, firm, person
from finding.keeping import JOB, indexing
from finding.service import FindingService, save, save_firm, save_person, saving
from ledger.host import LedgerHost
from ledger.waiting import until

ANNA, BEN, CHEF = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
SEAL = Seal(b"the secret of all processes of this test")
PHONE = "13812345678"


def as_(who: UUID, scope: str = "SELF", *permissions: str) -> Context:
    """The context of an employee who may see firms and people."""
    held = frozenset(permissions or ("firm.view", "person.view"))
    actor = Actor(kind=ActorKind.EMPLOYEE, id=who, name="x", permissions=held, scopes={"firm": scope})
    return Context(actor=actor, correlation_id="c", deadline=time.time() + 20, language="en")


def id_of(name: str) -> UUID:
    """What decides between hits of one score and length."""
    return firm(name).id


class Finding:
    """The service in this process; its index changes only when it is told to, unless ``started``."""

    def __init__(self, store: Store, search_url: str | None) -> None:
        self.store = store
        self.host = LedgerHost(store, settings=GivenSettings(), service="finding")
        self.runtime = LocalRuntime(seal=SEAL, threads=4)
        process = SimpleNamespace(search_url=Secret(search_url) if search_url else None)
        self.service: Assembly = self.runtime.add(
            FindingService, store=store, settings=GivenSettings(), environment=SimpleNamespace(process=process)
        )

    @property
    def index(self) -> SearchStore:
        """Its documents."""
        assert self.service.answering is not None
        return self.service.answering.index

    def build(self) -> None:
        """Build the index of what the tables have."""
        context = system_context("finding", correlation_id="build")
        run = self.service.scheduler.run_now(JOB, context)
        assert run["outcome"] == "DONE", run["error"]

    def search(self, text: str, context: Context, **more: Any) -> dict[str, Any]:
        """The decoded answer."""
        answer: dict[str, Any] = codec.decode_json(
            self.service.dispatcher.answer_in(context, "search", {"text": text, **more})
        )
        return answer

    def titles(self, text: str, context: Context, **more: Any) -> list[str]:
        """The titles of the hits."""
        return [hit["title"] for hit in self.search(text, context, **more)["hits"]]


@pytest.fixture(params=["postgres", "elasticsearch"])
def finding(request: pytest.FixtureRequest, store: Store, database_of_module: Provisioned) -> Iterator[Finding]:
    url = request.getfixturevalue("elasticsearch") if request.param == "elasticsearch" else None
    made = Finding(store, url)
    yield made
    if url is not None:
        index = made.index
        assert isinstance(index, ElasticSearch)
        index.close()
        with closing(ElasticSearch(url, index.name)) as again:
            again.keep(())


@pytest.fixture
def company(finding: Finding) -> Finding:
    """Two salespeople under one head; the corpus belongs to Ben, but for three firms of Anna's."""
    people: tuple[tuple[UUID, list[UUID]], ...] = ((ANNA, [CHEF]), (BEN, [CHEF]), (CHEF, []))
    with finding.store.transaction() as connection:
        for who, line in people:
            connection.exec_driver_sql(
                "INSERT INTO employee_ref VALUES (%s, 1, 'x', true, %s, 'd', '/d/', %s::uuid[])",
                (who, UUID(int=1), line),
            )
    with saving(finding.host) as change:
        for record in CORPUS[:80]:
            save(change, record, BEN)
        for name in ("华信一厂", "华信二厂"):
            save(change, firm(name), ANNA)
        save_firm(change, firm("华信三厂").id, name="华信三厂", owner_id=ANNA, phone=PHONE)
    finding.build()
    return finding


def test_everybody_finds_what_he_may_see_and_nothing_else_is_counted(company: Finding) -> None:
    assert company.titles("华信", as_(ANNA)) == sorted(("华信一厂", "华信三厂", "华信二厂"), key=id_of)
    assert company.search("华信", as_(ANNA))["counts"] == [{"type": "Buyer", "count": 3}]
    assert "华信科技有限公司" in company.titles("华信", as_(BEN))
    assert "华信一厂" not in company.titles("华信", as_(BEN))
    everything = company.search("华信", as_(CHEF, "TEAM"))
    assert {"华信一厂", "华信科技有限公司"} <= {hit["title"] for hit in everything["hits"]}
    assert everything["counts"] == [{"type": "Buyer", "count": len(everything["hits"])}]
    assert len(company.titles("华信", as_(UUID(int=0xF)))) == 0


def test_what_was_taken_away_is_gone_at_once_although_the_index_does_not_know(company: Finding) -> None:
    """SCH-04: a reclaimed customer is gone from the old owner's results at once."""
    with saving(company.host) as change:
        save_firm(change, firm("华信一厂").id, owner_id=None)

    assert company.titles("华信", as_(ANNA)) == sorted(("华信三厂", "华信二厂"), key=id_of)
    assert company.search("华信一厂", as_(ANNA)) == {"hits": [], "counts": []}
    assert company.titles("华信一厂", as_(CHEF, "ALL"))[0] == "华信一厂"


def test_what_was_deleted_is_gone_at_once_although_the_index_does_not_know(company: Finding) -> None:
    with saving(company.host) as change:
        save_firm(change, firm("华信一厂").id, deleted=True)

    assert company.search("华信一厂", as_(ANNA)) == {"hits": [], "counts": []}


@pytest.mark.parametrize(
    "typed", [PHONE, "138 1234 5678", "+86 138-1234-5678", "１３８１２３４５６７８", f"王总 {PHONE}"]
)
def test_a_whole_number_is_found_by_everybody_and_shown_to_its_owner(company: Finding, typed: str) -> None:
    """CUS-14, SCH-04: whole number only; the record is masked for whoever does not own it."""
    mine = company.search(typed, as_(ANNA))["hits"]
    his_head = company.search(typed, as_(CHEF, "TEAM"))["hits"]

    assert [(hit["title"], hit["details"]) for hit in mine] == [("华信三厂", [{"name": "phone", "text": PHONE}])]
    assert [(hit["title"], hit["details"]) for hit in his_head] == [
        ("华信三厂", [{"name": "phone", "text": "138****5678"}])
    ]
    assert company.search(typed, as_(BEN)) == {"hits": [], "counts": []}


@pytest.mark.parametrize("part", ["138", "1381234", "1381234567", "5678", "12345678", "0138123456"])
def test_a_part_of_a_number_finds_nothing(company: Finding, part: str) -> None:
    assert company.search(part, as_(ANNA)) == {"hits": [], "counts": []}
    assert company.search(part, as_(CHEF, "ALL")) == {"hits": [], "counts": []}


def test_a_view_whose_policy_is_not_met_is_not_looked_through(company: Finding) -> None:
    assert company.titles("张三", as_(BEN)) == ["张三", "张三丰"]
    assert company.search("张三", as_(BEN, "ALL", "firm.view")) == {"hits": [], "counts": []}
    assert company.search("张三", as_(BEN, "ALL", "other.view")) == {"hits": [], "counts": []}
    with pytest.raises(CrmError, match="a_valid_session_is_needed"):
        company.search("张三", replace(as_(BEN), actor=None))


def test_types_and_number_of_hits_are_the_askers(company: Finding) -> None:
    both = company.search("投资", as_(BEN))
    assert {each["type"] for each in both["counts"]} == {"Buyer"}
    assert company.titles("lisi", as_(BEN), types=["Buyer"]) == []
    assert company.titles("lisi", as_(BEN), types=["Member"]) == ["李四"]
    three = company.search("zhang", as_(BEN), types=["Member", "Order"], first=3)
    assert len(three["hits"]) == 3
    assert three["counts"][0]["count"] > 3
    assert [hit["score"] for hit in three["hits"]] == sorted((hit["score"] for hit in three["hits"]), reverse=True)


def test_who_owns_little_finds_it_among_more_than_a_thousand_others(finding: Finding) -> None:
    with saving(finding.host) as change:
        for number in range(1100):
            save(change, firm(f"华信{number}店"), BEN)
        save(change, firm("上海市长宁区华信贸易股份有限公司分店"), ANNA)
    finding.build()

    assert finding.titles("华信", as_(ANNA)) == ["上海市长宁区华信贸易股份有限公司分店"]
    assert finding.search("华信", as_(BEN))["counts"] == [{"type": "Buyer", "count": 1000}]


def test_what_is_shared_is_found_among_a_thousand_others(finding: Finding) -> None:
    with saving(finding.host) as change:
        for number in range(1100):
            save(change, firm(f"华信{number}店"), BEN)
        shared = firm("上海市长宁区华信贸易股份有限公司分店").id
        save_firm(change, shared, name="上海市长宁区华信贸易股份有限公司分店", owner_id=BEN, shared_with=[ANNA])
    finding.build()

    assert finding.titles("华信", as_(ANNA)) == ["上海市长宁区华信贸易股份有限公司分店"]


def test_a_person_is_found_by_whoever_holds_the_firm_now(company: Finding) -> None:
    """The firm's events move its people in the index too."""
    record = firm("华信三厂").id
    with saving(company.host) as change:
        save_person(change, "诸葛亮", record)
    with indexing(company.store, company.index):
        until(lambda: company.titles("zhugeliang", as_(ANNA)) == ["诸葛亮"], "Anna's")
        assert company.titles("zhugeliang", as_(BEN)) == []
        with saving(company.host) as change:
            save_firm(change, record, owner_id=BEN, name="卧龙咨询")
        assert company.titles("zhugeliang", as_(ANNA)) == []
        until(lambda: company.titles("zhugeliang", as_(BEN)) == ["诸葛亮"], "Ben's")
        until(lambda: company.titles("诸葛 卧龙", as_(BEN), types=["Member"]) == ["诸葛亮"], "the firm's new name")


def test_a_change_is_found_within_five_seconds(finding: Finding) -> None:
    """SCH-01: index within 5 s of a change."""
    finding.runtime.start()
    try:
        record = firm("鼎盛远洋运输")
        until(lambda: finding.store.rows("SELECT 1 FROM search_state WHERE live > 0"), "the first build")
        taken = []
        for turn in range(3):
            with saving(finding.host) as change:
                save_firm(change, record.id, name=f"鼎盛{turn}远洋", owner_id=ANNA)
            began = time.monotonic()
            until(lambda: finding.titles(f"鼎盛{turn}远洋", as_(ANNA)), "the change")  # noqa: B023
            taken.append(time.monotonic() - began)
        print(f"\nfound after {', '.join(f'{each:.2f} s' for each in taken)}")
    finally:
        assert finding.runtime.stop(20)


def test_what_was_asked_is_counted_and_what_found_nothing_is_listed(company: Finding) -> None:
    """SCH-03: popular and no-result queries, for administrators."""
    for text in ("华信", " 华信 ", "ＨＵＡＸＩＮ", "huaxin", "没有这家", PHONE, f"电话 {PHONE}", "1381234", "长" * 150):
        company.search(text, as_(ANNA))

    answer = codec.decode_json(
        company.service.dispatcher.answer_in(as_(ANNA, "ALL", "sys.operate"), "search_measures", {})
    )

    assert answer == {
        "popular": [
            {"text": "huaxin", "searches": 2, "hits": 6, "without_result": 0},
            {"text": "华信", "searches": 2, "hits": 6, "without_result": 0},
            {"text": "没有这家", "searches": 1, "hits": 0, "without_result": 1},
            {"text": "长" * 100, "searches": 1, "hits": 0, "without_result": 1},
        ],
        "without_result": [
            {"text": "没有这家", "searches": 1, "hits": 0, "without_result": 1},
            {"text": "长" * 100, "searches": 1, "hits": 0, "without_result": 1},
        ],
    }
    with pytest.raises(CrmError, match="the_right_is_missing"):
        company.service.dispatcher.answer_in(as_(ANNA), "search_measures", {})


def test_what_was_asked_is_forgotten_after_ninety_days(store: Store) -> None:
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    with store.transaction() as connection:
        for day in (date(2026, 8, 24), date(2026, 8, 25), date(2026, 11, 23)):
            connection.exec_driver_sql("INSERT INTO search_query VALUES (%s, '华信', 1, 1, 0)", (day,))
    host = LedgerHost(store, clock=FixedClock(now), settings=GivenSettings(), service="finding")
    scheduler = Scheduler(host, [Measures(store, host.clock).job()])

    run = scheduler.run_now("finding.search_measures", system_context("finding", correlation_id="c"))

    assert run["report"] == {"forgotten": 1}
    assert store.rows("SELECT day FROM search_query ORDER BY day") == [(date(2026, 8, 25),), (date(2026, 11, 23),)]


def test_before_the_first_build_search_says_that_it_is_being_built(finding: Finding) -> None:
    with pytest.raises(CrmError, match="the_index_is_being_built"):
        finding.search("华信", as_(ANNA))


def test_people_are_found_by_pinyin_through_the_service(company: Finding) -> None:
    """SCH-02: "zhangsan" finds 张三."""
    hits = company.search("zhangsan", as_(BEN))["hits"]

    assert hits[0] == {"type": "Member", "id": str(person("张三").id), "score": 350, "title": "张三", "details": []}
