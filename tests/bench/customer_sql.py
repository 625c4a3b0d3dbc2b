"""The yardstick's SQL for customers: each statement builds the whole answer, as somebody would write it for speed."""

from __future__ import annotations

from bench.direct_sql import identifier, json_of, moment

_FOLLOW_UP = json_of(
    type="f.type", content="f.content", createdAt=moment("f.created_at"),
)  # fmt: skip
_FOLLOW_UPS = f"""
(SELECT coalesce(json_agg({_FOLLOW_UP} ORDER BY f.created_at DESC, f.id), '[]') FROM (
  SELECT * FROM follow_up f WHERE f.customer_id = c.id ORDER BY f.created_at DESC, f.id LIMIT {{limit}}) f)
"""
_OWNER = "(SELECT o.name FROM employee_ref o WHERE o.id = c.owner_id)"
_NUMBER = json_of(number="p.number_mask")
_PHONES = f"""
(SELECT coalesce(json_agg({_NUMBER} ORDER BY p.place, p.id), '[]') FROM (
  SELECT * FROM contact_phone p WHERE p.contact_id = k.id ORDER BY p.place, p.id LIMIT 10) p)
"""
_CONTACT = json_of(id=identifier("Contact", "k.id"), name="k.name", title="k.title", phones=_PHONES)
_CONTACTS = f"""
(SELECT coalesce(json_agg({_CONTACT} ORDER BY k.created_at, k.id), '[]') FROM (
  SELECT * FROM contact k WHERE k.customer_id = c.id AND k.deleted_at IS NULL ORDER BY k.created_at, k.id LIMIT 20) k)
"""
_VISIBLE = """
c.holding IN ('OWNED', 'DEPT_QUEUE') AND c.owner_id IN (
  SELECT e.id FROM employee_ref e WHERE e.department_path >= $1 AND e.department_path < $2)
"""

PAGE = f"""
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT row_to_json(d) AS customers FROM (
  SELECT coalesce(json_agg({
    json_of(
        id=identifier("Customer", "c.id"), name="c.name", phone="c.phone_mask", region="c.region", level="c.level",
        source="c.source", stage="c.stage", address="c.address", email="c.email", createdAt=moment("c.created_at"),
        version="c.version", ownerName=_OWNER, followUps=_FOLLOW_UPS.format(limit=3),
    )
  } ORDER BY c.place) FILTER (WHERE c.place <= 50), '[]') AS nodes,
  json_build_object('hasNextPage', count(*) > 50) AS "pageInfo"
  FROM (SELECT c.*, row_number() OVER () AS place FROM (
    SELECT * FROM customer c WHERE {_VISIBLE} AND c.region = $3 ORDER BY c.created_at DESC, c.id LIMIT 51) c) c
) d) b) a
"""  # fmt: skip

ONE = f"""
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT {
    json_of(
        id=identifier("Customer", "c.id"), kind="c.kind", name="c.name", phone="c.phone_mask", region="c.region",
        level="c.level", source="c.source", stage="c.stage", address="c.address", email="c.email",
        createdAt=moment("c.created_at"), lastFollowUpAt=moment("c.last_follow_up_at"), version="c.version",
        ownerName=_OWNER, contacts=_CONTACTS, followUps=_FOLLOW_UPS.format(limit=20),
    )
  } AS customer FROM customer c WHERE c.id = $3 AND {_VISIBLE}) b) a
"""  # fmt: skip

FILTERED = f"""
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT row_to_json(d) AS customers FROM (
  SELECT (SELECT count(*) FROM customer c WHERE {_VISIBLE} AND c.region = $3 AND c.level = $4
      AND c.name_terms @> ARRAY[$5]) AS "totalCount",
    (SELECT coalesce(json_agg({
    json_of(
        id=identifier("Customer", "c.id"), name="c.name", phone="c.phone_mask", region="c.region", level="c.level",
        createdAt=moment("c.created_at"), ownerName=_OWNER,
    )
  } ORDER BY c.created_at DESC, c.id), '[]') FROM (
    SELECT * FROM customer c WHERE {_VISIBLE} AND c.region = $3 AND c.level = $4 AND c.name_terms @> ARRAY[$5]
    ORDER BY c.created_at DESC, c.id LIMIT 20) c) AS nodes
) d) b) a
"""  # fmt: skip

CREATE = f"""
WITH made AS (
  INSERT INTO customer (id, kind, name, name_fold, name_key, name_terms, phone_cipher, phone_mask, phone_index,
    holding, owner_id, stage, owned_since, anchor_at, created_by, created_at, updated_at, version)
  SELECT uuidv7(), 'COMPANY', $1, lower($1), $1, ARRAY[$1], convert_to($2, 'UTF8'),
    left($2, 3) || '****' || right($2, 4), sha256(convert_to($2, 'UTF8')), 'OWNED', $3::uuid, 'POTENTIAL', now(), now(),
    $3::uuid, now(), now(), 1
  RETURNING id, name, version, created_at
)
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT row_to_json(d) AS "createCustomer" FROM (SELECT {
    json_of(
        id=identifier("Customer", "made.id"), name="made.name", phone="$2::text", version="made.version",
        createdAt=moment("made.created_at"),
    )
  } AS customer, '[]'::json AS "userErrors" FROM made
) d) b) a
"""  # fmt: skip

FOLLOW = f"""
WITH touched AS (
  UPDATE customer SET last_follow_up_at = now(), anchor_at = now(), updated_at = now(), version = version + 1
  WHERE id = $1 AND holding = 'OWNED' AND owner_id = $3::uuid RETURNING id
), made AS (
  INSERT INTO follow_up (id, customer_id, author_id, type, content, created_at, updated_at, version)
  SELECT uuidv7(), touched.id, $3::uuid, 'PHONE', $2, now(), now(), 1 FROM touched
  RETURNING id, content, created_at
)
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT row_to_json(d) AS "createFollowUp" FROM (SELECT {
    json_of(id=identifier("FollowUp", "made.id"), content="made.content", createdAt=moment("made.created_at"))
  } AS "followUp", '[]'::json AS "userErrors" FROM made
) d) b) a
"""  # fmt: skip

_OUTCOME = json_of(customerId=identifier("Customer", "w.id"), done="m.id IS NOT NULL")
CLAIM = f"""
WITH mine AS (
  UPDATE customer SET holding = 'OWNED', owner_id = $2::uuid, pool_id = NULL, pool_entered_at = NULL,
    owned_since = now(), anchor_at = now(), updated_at = now(), version = version + 1
  WHERE id = ANY ($1::uuid[]) AND holding = 'POOL' RETURNING id
)
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT row_to_json(d) AS "claimCustomers" FROM (
  SELECT coalesce(json_agg({_OUTCOME}), '[]') AS results, '[]'::json AS "userErrors"
  FROM unnest($1::uuid[]) AS w (id) LEFT JOIN mine m ON m.id = w.id
) d) b) a
"""  # fmt: skip
