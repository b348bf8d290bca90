"""CSV and Parquet files as sheets, and what of them cannot be read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.warehouse.importers import Sheet, read_file, typed_text
from catalogue.warehouse.refusals import LoadError


def sheet(folder: Path, data: bytes, name: str = "file.csv") -> Sheet:
    path = folder / name
    path.write_bytes(data)
    return read_file(path)


def refused(folder: Path, data: bytes, name: str = "file.csv") -> str:
    with pytest.raises(LoadError) as error:
        sheet(folder, data, name)
    return str(error.value)


def test_an_unquoted_empty_cell_is_missing_and_a_quoted_one_is_empty_text(tmp_path: Path) -> None:
    read = sheet(tmp_path, b'id,a\n1,\n2,""\n')
    assert read.table["a"].to_pylist() == [None, ""]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfid,a\n1,x\n",
        b"id,a\r\n1,x\r\n",
        b"id,a\r1,x\r",
        b"id,a\n1,x",
        b'"id","a"\n"1","x"\n',
        b"id,a\n\n1,x\n\n\n",
    ],
    ids=["BOM", "CRLF", "CR", "no last line break", "quotes", "blank lines"],
)
def test_the_same_csv_in_many_dresses(tmp_path: Path, data: bytes) -> None:
    assert sheet(tmp_path, data).table.to_pylist() == [{"id": "1", "a": "x"}]


def test_a_cell_may_hold_line_breaks_commas_and_quotes(tmp_path: Path) -> None:
    read = sheet(tmp_path, 'id,a\n1,"x\ny, ""z"" ü"\n2,b\n'.encode())
    assert read.table["a"].to_pylist() == ['x\ny, "z" ü', "b"]
    assert list(read.rows) == [2, 3]


def test_rows_count_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    read = sheet(tmp_path, b"id,a\n1,x\n\n2\n3,y,z\n4,w\n")
    assert list(read.rows) == [2, 6]
    assert [r.sentence() for r in read.unreadable] == [
        "row 4: the header has 2 cells, this row 1",
        "row 5: the header has 2 cells, this row 3",
    ]
    assert read.rows_read == 4


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty: it has not even a header"),
        (b"id,id\n1,2\n", "has the column 'id' twice"),
        (b"id,\n1,2\n", "the name of column 2 is empty"),
        (b"id;plan\n1;x\n", "separates its columns with “;”"),
        (b"id,a\n1,x\n2,\xe4\n", "byte 11 (line 3) is 0xe4. Save it as UTF-8"),
        (b"id,a\n1,x\xc3", "ends in the middle of a character (byte 8)"),
        ("id,a\n1,x\n".encode("utf-16"), "is UTF-16. Save it as UTF-8"),
        (b'id,a\n1,x\n2,"y\n3,z\n', "a quote opened in row 3 or before is never closed"),
        (b"PAR1 and then nothing", "is no whole Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    assert sentence in refused(tmp_path, data)


def test_a_wrong_byte_is_found_wherever_it_is(tmp_path: Path) -> None:
    good = "ü".encode() * 700_000  # characters lie across the ends of the blocks that are read
    assert "byte 1400003 (line 2) is 0xff" in refused(tmp_path, b"id\n" + good + b"\xff\n")
    assert len(sheet(tmp_path, b"i\n" + good + b"\n").rows) == 1


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="cannot be read: No such file"):
        read_file(tmp_path / "nothing.csv")


def test_one_cell_that_is_no_number_as_json_writes_it_keeps_the_column_text() -> None:
    for odd in ("01234", "1.10", "+1", "1e5", "1.", ".5", "-0", "NaN", " 1", "12345678901234567"):
        assert set(typed_text(pa.array(["1", odd]))) == {"text"}, odd


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", None, "-2.5", "0"], "number", [1.0, None, -2.5, 0.0]),
        (["true", "false", None], "boolean", [True, False, None]),
        (["true", "1"], "text", ["true", "1"]),
        (["True", "false"], "text", ["True", "false"]),
        (["2026-03-01"], "text", ["2026-03-01"]),
        ([""], "text", [""]),
    ],
)
def test_a_csv_column_is_typed_while_all_its_cells_fit(
    cells: list[str | None], kind: str, values: list[object]
) -> None:
    typed = typed_text(pa.array(cells))
    assert {k: a.to_pylist() for k, a in typed.items()} == {kind: values}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4).map(lambda d: f"{d:f}"))
def test_typing_never_changes_a_value(cell: str) -> None:
    ((kind, typed),) = typed_text(pa.array([cell])).items()
    if kind == "number":
        value = typed[0].as_py()
        assert (str(int(value)) if value.is_integer() else f"{value:.15g}") == cell
    else:
        assert typed[0].as_py() == cell


def test_parquet_keeps_the_types_it_has(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "tags": [["x"], None], "ok": [True, None]})
    pq.write_table(table, tmp_path / "file.anything")
    read = read_file(tmp_path / "file.anything")
    assert not read.as_text
    assert read.values("tags")["json"].to_pylist() == ['["x"]', None]
    assert set(read.values("ok")) == {"boolean"}


def test_a_type_that_cannot_be_kept_names_its_column(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1], "blob": [b"\xff"]}), tmp_path / "file.parquet")
    with pytest.raises(LoadError, match="column 'blob' is of type binary"):
        read_file(tmp_path / "file.parquet").values("blob")


def test_the_checksum_is_of_the_bytes(tmp_path: Path) -> None:
    one = sheet(tmp_path, b"id\n1\n").sha256
    assert one == sheet(tmp_path, b"id\n1\n", "other name.csv").sha256
    assert one != sheet(tmp_path, b"id\n2\n").sha256
