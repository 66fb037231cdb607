"""What SQL may do that is asked of the graph: read, compute, and follow relationships."""

import sqlite3
from collections.abc import Sequence

from integration.errors import QueryError

READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
"""Actions that SQLite's authorizer is asked about, and lets be."""
SEARCHES = {"reachable": 2, "reaching": 2, "shortest_path": 3, "cycles": 1}
"""What follows relationships, by name, and how many arguments each takes at least."""
FUNCTIONS = frozenset(
    """
    abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling char coalesce concat concat_ws cos cosh count cume_dist
    current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor format glob
    group_concat hex if ifnull iif instr json json_array json_array_length json_error_position json_extract
    json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote json_remove
    json_replace json_set json_type json_valid julianday lag last_value lead length like likelihood likely ln log log10
    log2 lower ltrim match max median min mod nth_value ntile nullif octet_length percent_rank percentile
    percentile_cont percentile_disc pi pow power printf quote radians random randomblob rank regexp replace round
    row_number rtrim sign sin sinh soundex sqlite_source_id sqlite_version sqrt strftime string_agg substr substring
    subtype sum tan tanh time timediff total trim trunc typeof unhex unicode unistr unistr_quote unixepoch unlikely
    upper zeroblob -> ->>
    """.split()
).union(SEARCHES, {"in_range"})
"""Functions that compute, and no more: others of SQLite's load code, write files or hand out pointers."""


def texts_of(name: str, arguments: Sequence[object]) -> list[str] | None:
    """Return the arguments of a function that follows relationships; ``None`` where one is NULL, as its answer is then.

    Raises:
        QueryError: they are too few, or no texts.
    """
    if len(arguments) < SEARCHES[name]:
        keys = SEARCHES[name] - 1
        raise QueryError(f"{name} takes {f'{keys} of keys, and then ' if keys else ''}names of types of relationships")
    if None in arguments:
        return None
    texts = [argument for argument in arguments if isinstance(argument, str)]
    if len(texts) < len(arguments):
        raise QueryError(f"{name} takes keys and names of types, which are texts")
    return texts
