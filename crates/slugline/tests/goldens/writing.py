"""How the golden files are written: compact JSON, one case a line, every float in full."""

import json
import math
import platform
import unicodedata
from pathlib import Path

import numpy as np
import sklearn

MADE_BY = {
    "numpy": np.__version__,
    "python": platform.python_version(),
    "scikit-learn": sklearn.__version__,
    "unicode": unicodedata.unidata_version,
}


def plain(value):
    """`value` in JSON's own types; JSON has no infinities and no NaN, so these become strings."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


def compact(value):
    """One line of JSON; `json` writes a float as its `repr`, which reads back to the same float."""
    return json.dumps(
        plain(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False, allow_nan=False
    )


def write(path: Path, **sections):
    """Write `made_by` and then the sections; an item of a section's list or mapping takes a line.

    Returns the number of items of each section.
    """
    parts = ['"made_by":' + compact(MADE_BY)]
    for name, section in sections.items():
        if isinstance(section, dict):
            lines = [f"{compact(key)}:{compact(section[key])}" for key in section]
            opening, closing = "{", "}"
        else:
            lines = [compact(item) for item in section]
            opening, closing = "[", "]"
        body = ",\n".join(lines)
        parts.append(f"{compact(name)}:{opening}\n{body}\n{closing}")
    text = "{" + ",\n".join(parts) + "}\n"
    json.loads(text)
    path.write_bytes(text.encode("utf-8"))
    return {name: len(section) for name, section in sections.items()}


def rows(matrix):
    """A CSR matrix as its three arrays, each row's columns in ascending order."""
    matrix = matrix.tocsr().copy()
    matrix.sort_indices()
    return {"indptr": matrix.indptr, "indices": matrix.indices, "data": matrix.data}
