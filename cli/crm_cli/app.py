"""The commands of ``crm``, as a person types them."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from crm_cli import session
from crm_cli.exporting import Exports
from crm_cli.importing import Imports, mapping_of
from crm_cli.money import Money
from crm_cli.problems import Stopped
from crm_cli.server import Server
from crm_cli.verifying import verified

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
events = typer.Typer(no_args_is_help=True, help="Events that could not be handled.")
app.add_typer(events, name="events")
journal = typer.Typer(no_args_is_help=True, help="The journal, which is the truth.")
app.add_typer(journal, name="journal")
finance = typer.Typer(no_args_is_help=True, help="Money that customers owe and pay.")
app.add_typer(finance, name="finance")
out = Console(highlight=False)

Noun = Annotated[str, typer.Option(help="Whose imports and exports: Customer, Product, …")]
Kind = Annotated[str, typer.Option(help="Which table of it.")]

_LOGIN = """mutation($in: LoginInput!) { login(input: $in) {
    tokens { accessToken refreshToken mustChangePassword } userErrors { code message field } } }"""


@app.command()
def login(
    url: Annotated[str, typer.Argument(help="The server, such as http://127.0.0.1:8000.")],
    name: Annotated[str, typer.Option(prompt="Login name", help="The login name.")],
    code: Annotated[str | None, typer.Option(help="The code of the second factor.")] = None,
) -> None:
    """Log in; the password is asked for, or taken from CRM_PASSWORD."""
    password = os.environ.get("CRM_PASSWORD") or typer.prompt("Password", hide_input=True)
    server = Server(url)
    asked = {"loginName": name, "password": password, "client": "cli"} | ({"code": code} if code else {})
    tokens = server.ask(_LOGIN, **{"in": asked})["tokens"]
    session.keep(session.Session(server.url, tokens["accessToken"], tokens["refreshToken"]))
    out.print(f"Logged in to {server.url}. 已登录。")
    if tokens["mustChangePassword"]:
        out.print("Change the password before anything else. 请先修改密码。")


@app.command()
def logout() -> None:
    """End the session and forget it on this machine."""
    server = Server.logged_in()
    session.forget()
    with suppress(Stopped):
        server.ask("mutation { logout(input: {}) { userErrors { code message field } } }")


@app.command(name="import")
def import_(  # noqa: PLR0917 - each is an option that typer passes by name
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .xlsx or .csv file.")],
    noun: Noun = "Customer",
    kind: Kind = "CUSTOMER",
    policy: Annotated[str, typer.Option(help="Rows that are there already: SKIP, UPDATE or FAIL.")] = "SKIP",
    map_: Annotated[list[str] | None, typer.Option("--map", help="heading=field; several times.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Show how the file would be read, and stop.")] = False,
    watch: Annotated[bool, typer.Option(help="Stay until it has ended.")] = True,
) -> None:
    """Import a table: bring the file, assign its columns, run it, fetch what failed."""
    imports = Imports(Server.logged_in(), noun)
    job = imports.start(file, kind, policy)
    imports.assign(job)
    shown = imports.preview(job)
    if map_:
        imports.assign(job, mapping_of(shown["header"], shown["mapping"], map_))
        shown = imports.preview(job)
    _show_mapping(shown)
    if dry_run:
        return
    imports.run(job)
    if not watch:
        out.print(job)
        return
    ended = _watched(imports, job)
    _show_end(ended)
    left = imports.left(job, "ERRORS", file.parent) if ended["state"] == "DONE" else None
    if left is not None:
        out.print(f"Rows that were not imported: {left}. 未导入的行见该文件。", soft_wrap=True)
    out.print(f"Take it back with: crm undo {job} --noun {noun}", soft_wrap=True)
    if ended["state"] != "DONE":
        raise typer.Exit(1)


@app.command()
def undo(job: Annotated[str, typer.Argument(help="The import's id.")], noun: Noun = "Customer") -> None:
    """Take back what an import created and nobody changed since."""
    imports = Imports(Server.logged_in(), noun)
    imports.undo(job)
    ended = _watched(imports, job)
    out.print(f"Taken back: {ended['takenBack']}, kept: {ended['kept']}. 已撤销 {ended['takenBack']} 条。")
    left = imports.left(job, "KEPT", Path.cwd())
    if left is not None:
        out.print(f"Records that stay: {left}", soft_wrap=True)


@app.command()
def export(  # noqa: PLR0917 - each is an option that typer passes by name
    target: Annotated[Path, typer.Argument(help="Where to write it; .xlsx or .csv says how.")],
    noun: Noun = "Customer",
    kind: Kind = "CUSTOMER",
    filter_: Annotated[str | None, typer.Option("--filter", help="The list's filter, in JSON.")] = None,
    order: Annotated[list[str] | None, typer.Option(help="A field to order by; -field turns it round.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="A column; several times.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; needed for many records.")] = None,
    gb18030: Annotated[bool, typer.Option("--gb18030", help="CSV for programs that expect GB18030.")] = False,
) -> None:
    """Export a filtered list to a file, as you see it."""
    csv = "CSV_GB18030" if gb18030 else "CSV"
    try:
        tree = json.loads(filter_) if filter_ else None
    except ValueError as broken:
        raise Stopped(f"--filter is not JSON: {broken}") from broken
    exports = Exports(Server.logged_in(), noun)
    form = "XLSX" if target.suffix.lower() == ".xlsx" else csv
    job = exports.start(kind=kind, format=form, filter=tree, order=order, columns=column, reason=reason)
    ended = exports.finished(job)
    exports.take(job, target)
    out.print(f"{ended['rows']} rows: {target}. 已导出 {ended['rows']} 行。", soft_wrap=True)


@events.command()
def parked(service: Annotated[str | None, typer.Option(help="Of one service only.")] = None) -> None:
    """List events that failed to the end and wait for somebody to look at them."""
    shown = "name parkedMessages { id type subject attempts problem occurredAt }"
    found = Server.logged_in().ask_partly(f"{{ services {{ {shown} }} }}")
    table = Table("service", "id", "type", "subject", "attempts", "problem")
    for each in found:
        if service not in (None, each["name"]):
            continue
        if each["parkedMessages"] is None:
            out.print(f"{each['name']} does not answer.")
        for message in each["parkedMessages"] or ():
            told = [message[name] for name in ("id", "type", "subject", "attempts", "problem")]
            table.add_row(each["name"], *(str(value) for value in told))
    out.print(table)


@events.command()
def redrive(
    service: Annotated[str, typer.Argument(help="The service whose inbox they wait in.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Which ones; none: all.")] = None,
) -> None:
    """Put parked events back to work."""
    document = """mutation($in: RedriveParkedMessagesInput!) { redriveParkedMessages(input: $in) {
        redriven userErrors { code message field } } }"""
    given = {"service": service} | ({"ids": ids} if ids else {})
    found = Server.logged_in().ask(document, **{"in": given})
    out.print(f"{found['redriven']} put back to work. 已重新投递 {found['redriven']} 条。")


@journal.command()
def verify(
    service: Annotated[str | None, typer.Option(help="One service only.")] = None,
) -> None:
    """Compare every service's journal with its chain of hashes, and records rebuilt from it with the tables."""
    sound = True
    for name, report in verified(Server.logged_in(), service):
        sound &= bool(report["sound"])
        records = ", ".join(report["records"]) or "—"
        out.print(f"{name}: {'sound 一致' if report['sound'] else 'NOT SOUND 不一致'} ({records})", markup=False)
        for fault in [*report["chain"], *report["differences"]]:
            out.print(f"  {fault}", markup=False)
    if not sound:
        raise typer.Exit(1)


@finance.command(name="verify")
def verify_money(
    patience: Annotated[float, typer.Option(help="Seconds for which something may still be under way.")] = 5.0,
) -> None:
    """Compare each order with its contract, receivable, receipts and performance; exit code 1 where they differ."""
    money = Money(Server.logged_in(), patience)
    for each in money.differences():
        records = ", ".join(f"{name} {each[name]}" for name in money.RECORDS if each[name])
        out.print(
            f"{each['rule']} {each['number'] or ''}: {each['expected']} ≠ {each['found']} ({records})", markup=False
        )
    well = not money.found
    looked = f"{money.orders} orders, {money.receivables} receivables"
    out.print(f"{looked}: {'all adds up 全部一致' if well else f'{money.found} differences 处不一致'}.", markup=False)
    if not well:
        raise typer.Exit(1)


def _show_mapping(shown: dict[str, Any]) -> None:
    names = {column["key"]: column["name"] for column in shown["columns"]}
    table = Table("column of the file", "field", "name")
    for heading, key in zip(shown["header"], shown["mapping"], strict=True):
        table.add_row(heading, key or "—", names.get(key, ""))
    out.print(table)
    for row in shown["rows"]:
        for problem in row["problems"]:
            out.print(f"row {row['number']}: {problem}", markup=False)


def _watched(imports: Imports, job: str) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(job, total=None)

        def told(found: dict[str, Any]) -> None:
            progress.update(task, description=found["state"], completed=found["done"], total=found["total"])

        return imports.watch(job, told)


def _show_end(ended: dict[str, Any]) -> None:
    if ended["problem"]:
        out.print(ended["problem"], markup=False)
    counts = ", ".join(f"{name} {ended[name]}" for name in ("created", "updated", "skipped", "failed"))
    out.print(f"{ended['state']}: {counts}")


def main() -> int:
    """Run the command line; the exit code: 0, 1 refused, 2 typed wrong, 3 nobody answers."""
    try:
        app(standalone_mode=True)
    except Stopped as stopped:
        print(stopped, file=sys.stderr)  # noqa: T201
        return stopped.code
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
