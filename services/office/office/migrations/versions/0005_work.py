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
CREATE INDEX comment_answers ON comment (parent_id, created_at) WHERE parent_id IS NOT NULL;
"""


def upgrade() -> None:
    """Make the tables."""
    for ddl in (_TASKS, _TEMPLATES, _COMMENTS):
        op.get_bind().exec_driver_sql(ddl, execution_options={"no_parameters": True})
