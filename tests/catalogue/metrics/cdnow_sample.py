"""The tenth of CDNOW's customers on which the models of the literature were fitted: 2,357 of them,
in a file of its own beside the master file. Calibration is the first 39 weeks, to 1997-09-30."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from zoneinfo import ZoneInfo

import pandas as pd

from catalogue.metrics.purchases import Purchases, purchases
from demo.cdnow.master_file import wheel

SAMPLE = "lifetimes/datasets/CDNOW_sample.txt"
SUMMARY = "lifetimes/datasets/cdnow_customers_summary.csv"
CUSTOMERS = 2_357
CALIBRATED = pd.Timestamp("1997-09-30")
END = pd.Timestamp("1998-06-30")


@cache
def orders() -> pd.DataFrame:
    """One row per order: customer (from 1), at, dollars."""
    with zipfile.ZipFile(wheel()) as archive:
        text = io.BytesIO(archive.read(SAMPLE))
    names = ["master", "customer", "at", "cds", "dollars"]
    found = pd.read_csv(text, sep=r"\s+", names=names, dtype={"at": str})
    found["at"] = pd.to_datetime(found["at"], format="%Y%m%d")
    return found


def summary() -> pd.DataFrame:
    """What the literature made of it: ID, frequency, recency, T, in weeks."""
    with zipfile.ZipFile(wheel()) as archive:
        return pd.read_csv(io.BytesIO(archive.read(SUMMARY)))


def purchases_up_to(day: pd.Timestamp) -> Purchases:
    """Our vectors of the same orders."""
    found = orders()
    return purchases(
        (found["customer"] - 1).to_numpy("uint32"),
        found["at"].to_numpy("datetime64[us]").astype("int64"),
        (found["dollars"] * 100).round().astype("int64").to_numpy() * 10_000,
        size=CUSTOMERS,
        now=int(day.to_datetime64().astype("datetime64[us]").astype("int64")),
        zone=ZoneInfo("UTC"),
    )
