"""A million records of performance, with what follows from them, written by SQL: three years of a thousand people."""

from __future__ import annotations

from uuid import UUID

import psycopg

PEOPLE, TEAM, DAYS = 1_000, 25, 1_000
LAST_DAY = "2026-11-23"
DIRECTOR, HEAD, DEPARTMENT = UUID(int=1), UUID(int=2), UUID(int=3)

_PEOPLE = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
SELECT md5('p' || n)::uuid, 1, '员工' || n, true, %(department)s, '销售部', '/' || %(department)s || '/',
    CASE WHEN n <= %(team)s THEN ARRAY[%(head)s, %(director)s] ELSE ARRAY[%(director)s] END::uuid[]
FROM generate_series(1, %(people)s) n
"""
# who sells, and when, is scattered; the same for every table, so that they tell of the same orders
_DEALS = """
SELECT n, md5('p' || 1 + (hashint8(n) & 2147483647) %% %(people)s)::uuid AS owner,
    md5('c' || n %% 100000)::uuid AS customer, md5('o' || n)::uuid AS id,
    %(last)s::date - ((hashint8(-n) & 2147483647) %% %(days)s)::integer AS day,
    (100 + n * 31 %% 90000)::numeric(18,2) AS amount
FROM generate_series(1, %(rows)s::bigint) n
"""
_PERFORMANCE = f"""
INSERT INTO performance (id, employee_id, day, amount, currency, source, title, order_id, customer_id, created_at,
    updated_at, version)
SELECT md5('r' || d.n)::uuid, d.owner, d.day, d.amount, 'CNY', 'ORDER', 'SO-' || d.n, d.id, d.customer, d.day, d.day, 1
FROM ({_DEALS}) d
"""
_DAYS = """
INSERT INTO performance_day (id, employee_id, day, currency, amount, records, received)
SELECT md5(employee_id || day::text || currency)::uuid, employee_id, day, currency, sum(amount), count(*),
    sum(amount) / 2 FROM performance GROUP BY employee_id, day, currency
"""
_BOUGHT = f"""
INSERT INTO bought_line (id, order_id, line, employee_id, customer_id, product_id, product_name, quantity, amount,
    currency, day, starts_on, ends_on)
SELECT md5('b' || d.n)::uuid, d.id, 0, d.owner, d.customer, md5('x' || d.n %% 200)::uuid, '产品', 1, d.amount, 'CNY',
    d.day, d.day, d.day + 365 FROM ({_DEALS}) d
"""
_TARGETS = """
INSERT INTO target (id, period, begins_on, ends_on, employee_id, amount, currency, created_at, updated_at, version)
SELECT md5('t' || p.id || m)::uuid, 'MONTH', m::date, (m + interval '1 month - 1 day')::date, p.id, 100000, 'CNY',
    m, m, 1
FROM employee_ref p, generate_series('2026-01-01'::timestamp, '2026-12-01', interval '1 month') m
"""
_RECEIVABLES = f"""
INSERT INTO receivable (id, title, source, order_id, customer_id, owner_id, state, amount, received, refunded, currency,
    arose_on, due_on, settled_at, created_at, updated_at, version)
SELECT md5('v' || d.n)::uuid, 'SO-' || d.n, 'ORDER', d.id, d.customer, d.owner,
    CASE WHEN d.n %% 5 = 0 THEN 'OPEN' ELSE 'SETTLED' END, d.amount, CASE WHEN d.n %% 5 = 0 THEN 0 ELSE d.amount END, 0,
    'CNY', d.day, d.day + 30, CASE WHEN d.n %% 5 = 0 THEN NULL ELSE d.day END, d.day, d.day, 1 FROM ({_DEALS}) d
"""
SALES = (_PEOPLE, _PERFORMANCE, _DAYS, _BOUGHT, _TARGETS)
FINANCE = (_PEOPLE, _RECEIVABLES)


def fill(url: str, statements: tuple[str, ...], rows: int) -> None:
    """Write the tables of one service, and let PostgreSQL look at them."""
    values = {"rows": rows, "people": PEOPLE, "team": TEAM, "days": DAYS, "last": LAST_DAY}
    people = {"department": DEPARTMENT, "director": DIRECTOR, "head": HEAD}
    with psycopg.connect(url, autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement, values | people)
        owner.execute("VACUUM ANALYZE")
