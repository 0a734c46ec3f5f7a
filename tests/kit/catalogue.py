"""What a schema promises to the programs that use it, and which of it a later one does not keep."""

from collections.abc import Mapping
from typing import Any, NamedTuple

_COLUMNS = """
SELECT c.relname || '.' || a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS demanded, a.attnotnull AS filled
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
_FUNCTIONS = """
SELECT proname || '(' || pg_get_function_arguments(oid) || ')' AS name, pg_get_function_result(oid) AS result
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
# Unique indexes refuse rows, as constraints do.
_BOUNDS = """
SELECT b.of || ': ' || b.bound AS name, array_agg(b.of || '.' || a.attname) AS columns
FROM (SELECT conrelid AS table, conrelid::regclass::text AS of, pg_get_constraintdef(oid) AS bound, conkey AS keys
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 0
      UNION
      SELECT indrelid, indrelid::regclass::text, pg_get_indexdef(indexrelid), indkey::int2[] FROM pg_index
      JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace AND indisunique) AS b
LEFT JOIN pg_attribute a ON a.attrelid = b.table AND a.attnum = ANY (b.keys)
GROUP BY 1
"""

WIDENED = """
DO $$
DECLARE named regclass;
BEGIN
    FOR named IN SELECT oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'pgqueuer%'
    LOOP
        EXECUTE format('ALTER TABLE %s ADD COLUMN later text DEFAULT ''unknown''', named);
    END LOOP;
END
$$
"""
"""A column more in every table, as a version would add it that is yet to come."""


class Column(NamedTuple):
    type: str
    demanded: bool
    """Whoever writes a row has to give it."""
    filled: bool


class Catalogue(NamedTuple):
    columns: Mapping[str, Column]
    functions: Mapping[str, str]
    bounds: Mapping[str, frozenset[str]]
    """Each by its text, with the columns that it holds."""

    @property
    def tables(self) -> set[str]:
        return {name.partition(".")[0] for name in self.columns}


async def catalogue(connection: Any) -> Catalogue:
    columns = await connection.fetch(_COLUMNS)
    return Catalogue(
        {row["name"]: Column(row["type"], row["demanded"], row["filled"]) for row in columns},
        {row["name"]: row["result"] for row in await connection.fetch(_FUNCTIONS)},
        {row["name"]: frozenset(row["columns"]) for row in await connection.fetch(_BOUNDS)},
    )


def broken(before: Catalogue, after: Catalogue) -> list[str]:
    """What programs that know the one schema could do and may not do, or not find, in the other."""
    found = [f"{name} is gone" for name in before.columns.keys() - after.columns.keys()]
    for name, was in before.columns.items():
        now = after.columns.get(name)
        if now is not None and now.type != was.type:
            found.append(f"{name} was {was.type} and is {now.type}")
        if now is not None and now.filled and not was.filled:
            found.append(f"{name} must not be empty any more")
    for name in after.columns.keys() - before.columns.keys():
        if name.partition(".")[0] in before.tables and after.columns[name].demanded:
            found.append(f"{name} is demanded of those who do not know it")
    for name, result in before.functions.items():
        if after.functions.get(name) != result:
            found.append(f"function {name} is gone or answers otherwise")
    # What binds only columns that came with it binds nobody who does not write them.
    found += [
        f"bound anew: {bound}"
        for bound, columns in after.bounds.items()
        if bound not in before.bounds and columns & before.columns.keys()
    ]
    return sorted(found)
