"""Tasks, reports, comments, rules."""

from __future__ import annotations

from alembic import op

revision = "0005_work"
down_revision = "0004_schedule"

_TASKS = """
CREATE TABLE task (
    id uuid PRIMARY KEY,
    title text COLLATE "C" NOT NULL,
    title_key text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    priority text COLLATE "C" NOT NULL,
    progress integer NOT NULL,
    result text COLLATE "C",
    assigner_id uuid NOT NULL,
    assignee_id uuid NOT NULL,
    about text COLLATE "C",
    due_at timestamptz,
    parent_id uuid REFERENCES task,
    process_id uuid,
    step integer,
    done_at timestamptz,
    verified_at timestamptz,
    overdue_told_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX task_assignee ON task (assignee_id, due_at, id);
CREATE INDEX task_assigner ON task (assigner_id, due_at, id);
CREATE INDEX task_due ON task (due_at, created_at, id);
CREATE INDEX task_late ON task (due_at)
    WHERE overdue_told_at IS NULL AND status IN ('ACCEPTED', 'ASSIGNED', 'IN_PROGRESS');
CREATE INDEX task_parent ON task (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX task_steps ON task (process_id, step) WHERE process_id IS NOT NULL;
CREATE INDEX task_about ON task (about) WHERE about IS NOT NULL;
"""

_TEMPLATES = """
CREATE TABLE task_template (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX task_template_name ON task_template (name_key, id);
CREATE TABLE task_template_step (
    id uuid PRIMARY KEY,
    template_id uuid NOT NULL REFERENCES task_template,
    place integer NOT NULL,
    title text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    assignee_id uuid,
    due_days integer
);
CREATE INDEX task_template_step_place ON task_template_step (template_id, place);
CREATE TABLE task_process (
    id uuid PRIMARY KEY,
    template_id uuid NOT NULL REFERENCES task_template,
    name text COLLATE "C" NOT NULL,
    about text COLLATE "C",
    started_by uuid NOT NULL,
    assignee_id uuid NOT NULL,
    started_at timestamptz NOT NULL
);
CREATE INDEX task_process_latest ON task_process (started_at, id);
"""

_COMMENTS = """
CREATE TABLE comment (
    id uuid PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    parent_id uuid REFERENCES comment,
    author_id uuid NOT NULL,
    body text COLLATE "C" NOT NULL,
    mention_ids uuid[] NOT NULL,
    is_deleted boolean NOT NULL,
    created_at timestamptz NOT NULL,
    edited_at timestamptz,
    version integer NOT NULL
);
CREATE INDEX comment_threads ON comment (subject, created_at, id) WHERE parent_id IS NULL;
CREATE INDEX comment_subject ON comment (subject);
CREATE INDEX comment_answers ON comment (parent_id, created_at) WHERE parent_id IS NOT NULL;
"""

_RULES = """
CREATE TABLE rule (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    active boolean NOT NULL,
    event_type text COLLATE "C",
    delay_minutes integer NOT NULL,
    relative_to text COLLATE "C",
    schedule text COLLATE "C",
    next_due_at timestamptz,
    condition jsonb,
    actions jsonb NOT NULL,
    owner_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((event_type IS NULL) <> (schedule IS NULL))
);
CREATE INDEX rule_name ON rule (name_key, id);
CREATE INDEX rule_event ON rule (event_type) WHERE active;
CREATE INDEX rule_due ON rule (next_due_at) WHERE active AND next_due_at IS NOT NULL;
CREATE TABLE rule_firing (
    id uuid PRIMARY KEY,
    rule_id uuid NOT NULL REFERENCES rule,
    rule_name text COLLATE "C" NOT NULL,
    owner_id uuid NOT NULL,
    event_id uuid NOT NULL,
    event_type text COLLATE "C",
    record text COLLATE "C",
    occurred_at timestamptz NOT NULL,
    correlation_id text COLLATE "C" NOT NULL,
    depth integer NOT NULL,
    data jsonb NOT NULL,
    actions jsonb NOT NULL,
    found jsonb NOT NULL,
    status text COLLATE "C" NOT NULL,
    results jsonb NOT NULL,
    problem text COLLATE "C",
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    next_try timestamptz NOT NULL,
    fired_at timestamptz NOT NULL,
    finished_at timestamptz,
    UNIQUE (rule_id, event_id)
);
CREATE INDEX rule_firing_latest ON rule_firing (fired_at, id);
CREATE INDEX rule_firing_of_rule ON rule_firing (rule_id, fired_at);
CREATE INDEX rule_firing_record ON rule_firing (record);
CREATE INDEX rule_firing_waiting ON rule_firing (next_try, id) WHERE status = 'WAITING';
"""

_REPORTS = """
CREATE TABLE work_report (
    id uuid PRIMARY KEY,
    author_id uuid NOT NULL,
    period text COLLATE "C" NOT NULL,
    begins_on date NOT NULL,
    done text COLLATE "C" NOT NULL,
    plan text COLLATE "C" NOT NULL,
    problems text COLLATE "C" NOT NULL,
    submitted_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (author_id, period, begins_on)
);
CREATE INDEX work_report_latest ON work_report (begins_on, submitted_at, id);
CREATE TABLE work_report_missed (
    author_id uuid NOT NULL,
    period text COLLATE "C" NOT NULL,
    begins_on date NOT NULL,
    PRIMARY KEY (author_id, period, begins_on)
);
CREATE TABLE work_log (
    id uuid PRIMARY KEY,
    author_id uuid NOT NULL,
    day date NOT NULL,
    body text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX work_log_latest ON work_log (day, created_at, id);
CREATE INDEX work_log_author ON work_log (author_id, day);
CREATE TABLE quality_score (
    id uuid PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    employee_id uuid NOT NULL,
    scorer_id uuid NOT NULL,
    score integer NOT NULL CHECK (score BETWEEN 1 AND 5),
    remark text COLLATE "C" NOT NULL,
    scored_at timestamptz NOT NULL,
    scored_on date NOT NULL,
    UNIQUE (subject, scorer_id)
);
CREATE INDEX quality_score_latest ON quality_score (scored_at, id);
CREATE INDEX quality_score_employee ON quality_score (employee_id, scored_on);
CREATE VIEW work_quality AS
    SELECT employee_id AS id, employee_id, round(avg(score), 2) AS mean, count(*)::integer AS scores
    FROM quality_score GROUP BY employee_id;
CREATE VIEW work_quality_month AS
    SELECT md5(employee_id::text || month)::uuid AS id, employee_id, month, mean, scores FROM (
        SELECT employee_id, date_trunc('month', scored_on)::date AS month, round(avg(score), 2) AS mean,
            count(*)::integer AS scores
        FROM quality_score GROUP BY employee_id, date_trunc('month', scored_on)
    ) AS months;
"""


def upgrade() -> None:
    """Make the tables."""
    for ddl in (_TASKS, _TEMPLATES, _COMMENTS, _RULES, _REPORTS):
        op.get_bind().exec_driver_sql(ddl, execution_options={"no_parameters": True})
