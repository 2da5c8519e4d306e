"""The web app's databases as a program from outside sees them: made from Tests/Fixtures, read with other people's clients."""

from __future__ import annotations

import json
import pathlib
import re
import sqlite3
from datetime import datetime
from typing import Iterable

from monitor import ROOT

TABLES = ("users", "grading_sessions", "students", "question_scores", "student_feedback", "session_logs")
# Rows whose times Prisma did not write: the database's own defaults, and oddities.
ODD = {"row-open-4", "user-arabic", "cm3v0k8a90000000000000002"}


def fixture(engine: str, generation: int, part: str) -> str:
    return (ROOT / "Tests" / "Fixtures" / f"{engine}-generation-{generation}.{part}.sql").read_text(encoding="utf-8")


def text_form(value: str, column: str, is_json: bool) -> str:
    if is_json:
        json.loads(value)
        return "JSON text"
    return "empty text" if value == "" else "text"


class SQLite:
    """A file."""

    engine = "sqlite"

    def __init__(self, directory: pathlib.Path, generation: int):
        self.path = directory / f"generation-{generation}.db"
        self.url = f"sqlite:{self.path}"
        connection = sqlite3.connect(self.path)
        for part in ("schema", "data"):
            connection.executescript(fixture(self.engine, generation, part))
        connection.close()

    def _rows(self, sql: str, parameters: Iterable[object] = ()) -> list[tuple]:
        connection = sqlite3.connect(self.path.as_uri() + "?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(sql, tuple(parameters)).fetchall()
        finally:
            connection.close()

    def schema(self) -> list[str]:
        """Everything that is neither the monitor's own nor SQLite's, as SQLite keeps it."""
        return [row[0] for row in self._rows(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'monitor!_%' ESCAPE '!' "
            "AND tbl_name NOT LIKE 'monitor!_%' ESCAPE '!' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
        )]

    def columns(self, table: str) -> dict[str, str]:
        """Names and declared types; empty when there is no such table."""
        return {row[1]: row[2] for row in self._rows(f'PRAGMA table_info("{table}")')}

    def rows(self) -> dict[tuple[str, str], dict[str, str]]:
        """By table and id: every value with its type, to the byte."""
        found = {}
        for table in TABLES:
            names = list(self.columns(table))
            if not names:
                continue
            values = ", ".join(f"typeof(\"{name}\") || ':' || quote(\"{name}\")" for name in names)
            for row in self._rows(f'SELECT id, {values} FROM "{table}"'):
                found[table, row[0]] = dict(zip(names, row[1:]))
        return found

    def forms(self, table: str, column: str, ids: list[str]) -> set[str]:
        """What Python's sqlite3 makes of the values, and in which form they stand there. NULL has none."""
        declared = self.columns(table)[column]
        marks = ", ".join("?" * len(ids))
        values = [row[0] for row in self._rows(f'SELECT "{column}" FROM "{table}" WHERE id IN ({marks})', ids)]
        return {self._form(value, column, declared) for value in values if value is not None}

    @staticmethod
    def _form(value: object, column: str, declared: str) -> str:
        if declared == "DATETIME" and isinstance(value, int):
            # From 2001 to 2286 these are 13 digits.
            return "integer Unix milliseconds" if len(str(value)) == 13 else "integer"
        if isinstance(value, str):
            return text_form(value, column, declared == "JSONB")
        return {int: "integer", float: "real"}.get(type(value), type(value).__name__)

    def one(self, sql: str, *parameters: object) -> object:
        return self._rows(sql, parameters)[0][0]

    def close(self) -> None:
        pass


class Postgres:
    """A database of a cluster."""

    engine = "postgres"

    def __init__(self, url: str, generation: int):
        # Only where it is needed: these programs otherwise do with Python alone.
        import psycopg  # pylint: disable=import-outside-toplevel

        self.url = url
        self._connection = psycopg.connect(url, autocommit=True)
        for part in ("schema", "data"):
            self._connection.execute(fixture(self.engine, generation, part))

    def _rows(self, sql: str, parameters: Iterable[object] = ()) -> list[tuple]:
        # Doubled where nothing is put in: psycopg takes a lone % for a placeholder.
        return self._connection.execute(sql, tuple(parameters) or None).fetchall()

    def schema(self) -> list[str]:
        """Columns, keys, indexes, types and triggers of the web app's schema, a line each."""
        return [row[0] for row in self._rows("""
            SELECT 'column ' || attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
                || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) AND attnum > 0
            UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'enum ' || enumtypid::regtype || ' ' || enumlabel FROM pg_enum
            UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
            ORDER BY 1
        """)]

    def columns(self, table: str) -> dict[str, str]:
        return dict(self._rows(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position", [table]
        ))

    def rows(self) -> dict[tuple[str, str], dict[str, str]]:
        """By table and id: every value as PostgreSQL writes it."""
        found = {}
        for table in TABLES:
            names = list(self.columns(table))
            if not names:
                continue
            values = ", ".join(f'"{name}"::text' for name in names)
            for row in self._rows(f'SELECT id, {values} FROM public."{table}"'):
                found[table, row[0]] = dict(zip(names, row[1:]))
        return found

    def forms(self, table: str, column: str, ids: list[str]) -> set[str]:
        """What psycopg makes of the values. NULL has no form."""
        values = [row[0] for row in self._rows(f'SELECT "{column}" FROM public."{table}" WHERE id = ANY(%s)', [ids])]
        return {self._form(value, column) for value in values if value is not None}

    @staticmethod
    def _form(value: object, column: str) -> str:
        if isinstance(value, datetime):
            zone = "without zone" if value.tzinfo is None else "with zone"
            return f"timestamp {zone}, {'milliseconds' if value.microsecond % 1000 == 0 else 'microseconds'}"
        if isinstance(value, str):
            return text_form(value, column, False)
        return {dict: "JSON object", list: "JSON array"}.get(type(value), type(value).__name__)

    def one(self, sql: str, *parameters: object) -> object:
        return self._rows(re.sub(r"\?", "%s", sql), parameters)[0][0]

    def close(self) -> None:
        self._connection.close()
