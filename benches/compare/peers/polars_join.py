"""Polars: the same join, lazily, with its streaming engine."""

import json
import sys

import polars as pl

desired, remote = sys.argv[1:]


def scan(path):
    return pl.scan_csv(path, infer_schema=False).with_columns(
        pl.col("email").str.strip_chars().str.to_lowercase().alias("key"))


joined = scan(desired).join(scan(remote), on="key", how="full", suffix="_there")
is_row, is_there = pl.col("email").is_not_null(), pl.col("email_there").is_not_null()
same_status = pl.col("status") == pl.col("status_there")
same_names = pl.col("firstName").eq_missing(pl.col("firstName_there")) & \
    pl.col("lastName").eq_missing(pl.col("lastName_there"))
both = is_row & is_there
counts = joined.select(
    joiners=(is_row & ~is_there).sum(),
    leavers=(~is_row & is_there).sum(),
    absent=(~is_row & (pl.col("status_there") == "enabled")).sum(),
    switched=(both & ~same_status).sum(),
    renamed=(both & same_status & ~same_names).sum(),
    equal=(both & same_status & same_names).sum(),
)
print(json.dumps(counts.collect(engine="streaming").row(0, named=True)))
