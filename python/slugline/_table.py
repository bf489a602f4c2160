"""Results as tables for pandas, Arrow and notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import pyarrow


class Table:
    """A result that has columns."""

    def to_dict(self) -> dict[str, list[Any]]:
        """Return the columns by name.

        Returns
        -------
        dict of list
            What ``pandas.DataFrame``, ``polars.DataFrame`` and ``pyarrow.table`` take.
        """
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas table (pandas has to be installed).

        Returns
        -------
        pandas.DataFrame
            The columns of ``to_dict``.
        """
        import pandas

        return pandas.DataFrame(self.to_dict())

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table (PyArrow has to be installed).

        Returns
        -------
        pyarrow.Table
            The columns of ``to_dict``.
        """
        import pyarrow

        return pyarrow.table(self.to_dict())

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return a capsule of the Arrow table, which Polars, DuckDB and others read."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)


def html_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table as HTML, with numbers aligned to the right."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    shown = f"{value:.3f}" if isinstance(value, float) else str(value)
    return f'<td style="text-align: {"right" if number else "left"}">{escape(shown)}</td>'
