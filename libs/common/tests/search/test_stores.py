"""One suite for both stores: the same hits in the same order, and older versions never win (SCH-01, SCH-02)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from uuid import UUID

import pytest

from crm_common.journal.replay import Position
from crm_common.protocol.search import SearchRules
from crm_common.search import state
from crm_common.search.elastic import ElasticSearch
from crm_common.search.port import MOST_HITS, Document, GenerationGoneError, Hit, Question, SearchStore
from crm_common.search.postgres import _PUT, PostgresSearch, _row
from crm_common.search.ranking import Rank, levels
from crm_common.search.tokens import analyse
from crm_common.store import Store
from finding.corpus import CORPUS, firm, person
from finding.keeping import TYPES, found

NAMES = {record.id: record.name for record in CORPUS}
QUESTIONS = (
    "投资基金", "基金投资", "张三", "zhangsan", "zs", "ZhangSan", "zhang san", "zhagsan", "zhangsna", "张", "华信",
    "huaxin", "hx", "上海华信", "shhx", "有限公司", "上海 贸易", "siemens", "simens", "西门子 siemens", "abc咨询",
    "ＡＢＣ", "长江", "长江大桥", "公司", "chongqing", "changan", "chengdu", "zengguoping", "lvbu", "lubu",
    "91310115MA1K3XYZ0P", "s7 1500", "S7-1500", "龙井茶", "中山北路", "人民路3号", "不存在的名字", "qqqqq", "e-mail",
    "13812345678", "138", "1381234", "信息", "海底捞 电话",
)  # fmt: skip


def live(index: SearchStore, store: Store, *documents: Document) -> None:
    """A first generation with these documents, which is asked."""
    with store.transaction() as connection:
        generation = state.begin(connection, Position())
    index.create(generation)
    index.put([generation], documents)
    index.switch(generation)
    with store.transaction() as connection:
        state.finish(connection)
    index.settle()


def names(index: SearchStore, text: str, **more: object) -> list[str]:
    return [NAMES[hit.id] for hit in found(index, text, **more)]  # type: ignore[arg-type]


@pytest.fixture
def corpus(index: SearchStore, store: Store) -> SearchStore:
    live(index, store, *(record.document() for record in CORPUS))
    return index


def test_both_stores_give_the_same_hits_in_the_same_order_with_the_same_counts(
    store: Store, elastic: Callable[[str | None], ElasticSearch]
) -> None:
    one, other = PostgresSearch(store), elastic(None)
    documents = [record.document() for record in CORPUS]
    live(one, store, *documents)
    other.create(1)
    other.put([1], documents)
    other.switch(1)
    other.settle()

    for text in QUESTIONS:
        asked = Question(levels(text), TYPES)
        assert one.find(asked) == other.find(asked), text
    assert len(CORPUS) >= 290


def test_exact_name_comes_first_then_phrase_then_terms(corpus: SearchStore) -> None:
    assert [(NAMES[hit.id], hit.score) for hit in found(corpus, "投资基金")] == [
        ("投资基金", Rank.EXACT_NAME),
        ("华夏投资基金管理有限公司", Rank.PHRASE_IN_NAME),
        ("中欧基金投资管理有限公司", Rank.WORDS_OF_NAME),
        ("张三", Rank.WORDS),
        ("远见创业投资有限公司", Rank.WORDS),
    ]


def test_the_short_name_is_a_name_as_well(corpus: SearchStore) -> None:
    assert names(corpus, "华信")[0] == "华信科技有限公司"
    assert found(corpus, "华信")[0].score == Rank.EXACT_NAME
    assert found(corpus, "华信")[1].score == Rank.PHRASE_IN_NAME


@pytest.mark.parametrize("text", ["zhangsan", "zs", "ZHANGSAN", "zhang san", "ｚｈａｎｇｓａｎ"])
def test_pinyin_and_initials_find_a_name(corpus: SearchStore, text: str) -> None:
    assert names(corpus, text)[0] == "张三"


@pytest.mark.parametrize(
    ("text", "name"),
    [("zhagsan", "张三"), ("zhangsann", "张三"), ("zhnagsan", "张三"), ("simens", "Siemens 西门子（中国）有限公司")],
)
def test_one_slip_of_the_finger_is_forgiven_and_ranks_last(corpus: SearchStore, text: str, name: str) -> None:
    hits = found(corpus, text)

    assert [(NAMES[hit.id], hit.score) for hit in hits][:1] == [(name, Rank.SLIP)]


def test_two_slips_are_too_many(corpus: SearchStore) -> None:
    assert names(corpus, "zhagsn") == []


def test_every_word_must_be_found(corpus: SearchStore) -> None:
    assert names(corpus, "西门子 PLC") == ["Siemens 西门子（中国）有限公司"]
    assert names(corpus, "西门子 龙井茶") == []


def test_the_text_of_custom_fields_is_found(corpus: SearchStore) -> None:
    assert names(corpus, "91310115ma1k3xyz0p") == ["华信科技有限公司"]


@pytest.mark.parametrize("text", ["13812345678", "138 1234 5678", "1381234", "138", "5678", "021-58881234", "58881234"])
def test_no_phone_and_no_part_of_one_is_in_the_index(corpus: SearchStore, text: str) -> None:
    assert found(corpus, text) == []


def test_types_narrow_what_is_found(corpus: SearchStore) -> None:
    assert names(corpus, "投资基金", types=("Member",)) == ["张三"]
    assert index_counts(corpus, "投资基金", ("Member",)) == {"Member": 1}
    assert index_counts(corpus, "投资基金", TYPES) == {"Buyer": 4, "Member": 1}


def index_counts(index: SearchStore, text: str, types: tuple[str, ...]) -> dict[str, int]:
    return index.find(Question(levels(text), types)).counts


def test_owners_narrow_what_is_looked_through_but_for_what_is_nobodys(index: SearchStore, store: Store) -> None:
    mine, yours = UUID(int=1), UUID(int=2)
    live(
        index,
        store,
        firm("华信一厂").document(1, mine),
        firm("华信二厂").document(1, yours),
        firm("华信三厂").document(),
    )

    assert {hit.id for hit in found(index, "华信", owners=(mine,))} == {firm("华信一厂").id, firm("华信三厂").id}
    assert {hit.id for hit in found(index, "华信", owners=())} == {firm("华信三厂").id}
    assert len(found(index, "华信")) == 3


def test_a_question_without_a_word_finds_nothing(corpus: SearchStore) -> None:
    assert found(corpus, "？！") == []


def test_an_index_that_was_never_built_says_so(elastic: Callable[[str | None], ElasticSearch]) -> None:
    with pytest.raises(type(SearchRules.the_index_is_being_built()), match="the_index_is_being_built"):
        elastic(None).find(Question(levels("张三"), TYPES))


def test_an_older_version_never_wins_in_whatever_order_they_come(index: SearchStore, store: Store) -> None:
    record = UUID(int=7)

    def at(version: int) -> Document:
        return Document("Buyer", record, version, analyse([f"第{version}版"]))

    live(index, store)
    for seed in range(5):
        base = seed * 100
        versions = [base + step for step in range(1, 9)]
        random.Random(seed).shuffle(versions)
        for version in versions:
            index.put([1], [at(version)])
        index.settle()
        assert [hit.id for hit in found(index, f"第{base + 8}版")] == [record]
        assert found(index, f"第{base + 7}版") == []
    index.put([1], [at(408), at(410), at(409)])
    index.settle()
    assert [hit.id for hit in found(index, "第410版")] == [record]


def test_documents_that_only_change_hands_are_written_beside_their_indexes(store: Store) -> None:
    index = PostgresSearch(store)
    texts = analyse(["上海华信贸易有限公司"], ["中山北路 8 号"])
    documents = [Document("Firm", UUID(int=number + 1), 1, texts, ()) for number in range(400)]
    live(index, store, *documents)
    moved = [replace(each, version=2, owners=(UUID(int=9),)) for each in documents[::40]]

    generation = state.read(store).generations[0]
    with store.transaction() as connection:
        rows = zip(*(_row(each) for each in moved), strict=True)
        connection.exec_driver_sql(_PUT, ([generation], *map(list, rows)))
        hot = connection.exec_driver_sql("SELECT pg_stat_get_xact_tuples_hot_updated('search_document'::regclass)")
        assert hot.scalar_one() == len(moved)


def test_what_was_deleted_stays_deleted_when_an_older_write_comes_late(index: SearchStore, store: Store) -> None:
    live(index, store, person("张三").document(version=3))
    index.put([1], [Document("Member", person("张三").id, 5)])
    index.put([1], [person("张三").document(version=4)])
    index.settle()
    assert found(index, "张三") == []

    index.put([1], [person("张三").document(version=6)])
    index.settle()
    assert [hit.id for hit in found(index, "张三")] == [person("张三").id]


def test_a_new_generation_is_not_asked_before_the_switch_and_the_old_one_not_after_it(
    index: SearchStore, store: Store
) -> None:
    live(index, store, person("张三").document())
    with store.transaction() as connection:
        assert state.begin(connection, Position()) == 2
    index.create(2)
    index.put([2], [person("李四").document()])
    index.settle()
    assert [hit.id for hit in found(index, "lisi") + found(index, "zhangsan")] == [person("张三").id]

    index.switch(2)
    with store.transaction() as connection:
        state.finish(connection)
    index.keep({2})
    assert [hit.id for hit in found(index, "lisi") + found(index, "zhangsan")] == [person("李四").id]


def test_nothing_is_written_into_a_generation_that_is_not_there(index: SearchStore, store: Store) -> None:
    live(index, store)

    with pytest.raises(GenerationGoneError):
        index.put([1, 9], [person("张三").document()])


def test_at_most_a_thousand_ids_come_and_the_best_are_among_them(index: SearchStore, store: Store) -> None:
    live(index, store, *(firm(f"华信贸易{number}号店").document() for number in range(1200)), firm("华信").document())

    answer = index.find(Question(levels("华信"), TYPES))

    assert len(answer.hits) == MOST_HITS
    assert answer.hits[0] == Hit("Buyer", firm("华信").id, Rank.EXACT_NAME)
    assert answer.counts == {"Buyer": 1201}


def test_ten_thousand_documents_in_figures(
    index: SearchStore, store: Store, record_property: Callable[[str, object], None]
) -> None:
    """No limit is asserted: how fast it must be is the bench's affair, on a machine of its own."""
    records = [firm(f"{each.name}{number}部", text=each.text) for number in range(70) for each in CORPUS[20:165]][
        :10_000
    ]
    began = time.perf_counter()
    documents = [record.document() for record in records]
    cut = time.perf_counter() - began
    live(index, store)
    began = time.perf_counter()
    for start in range(0, len(documents), 500):
        index.put([1], documents[start : start + 500])
    index.settle()
    put = time.perf_counter() - began
    taken = []
    for text in ("上海华信", "zhangsan", "公司", "zhagsan", "人民路3号"):
        for _ in range(4):
            began = time.perf_counter()
            found(index, text)
            taken.append(time.perf_counter() - began)
    taken.sort()
    print(
        f"\n{type(index).__name__}: {len(documents)} documents cut in {cut:.1f} s, put in {put:.1f} s;"
        f" asked in {taken[len(taken) // 2] * 1000:.0f} ms (half), {taken[-1] * 1000:.0f} ms (all)"
    )
    assert len(documents) == len({document.id for document in documents}) == 10_000


def test_order_classes_are_what_the_ranks_say() -> None:
    assert [rank for rank, _ in groupby(sorted(Rank, reverse=True))] == [
        Rank.EXACT_NAME, Rank.PHRASE_IN_NAME, Rank.PHRASE, Rank.WORDS_OF_NAME, Rank.TERMS_IN_NAME, Rank.WORDS,
        Rank.TERMS, Rank.WHOLE_READING, Rank.READING, Rank.SLIP,
    ]  # fmt: skip
