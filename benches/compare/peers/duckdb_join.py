"""DuckDB: a full outer join of the two files on the address without case, and the counts of what differs."""

import json
import sys

import duckdb

QUERY = """
select
    count(*) filter (r.email is null) as joiners,
    count(*) filter (d.email is null) as leavers,
    count(*) filter (d.email is null and r.status = 'enabled') as absent,
    count(*) filter (d.email is not null and r.email is not null and d.status <> r.status) as switched,
    count(*) filter (d.email is not null and r.email is not null and d.status = r.status
        and (d."firstName" is distinct from r."firstName" or d."lastName" is distinct from r."lastName")) as renamed,
    count(*) filter (d.status = r.status and d."firstName" is not distinct from r."firstName"
        and d."lastName" is not distinct from r."lastName") as equal
from read_csv(?, header = true, all_varchar = true) d
full outer join read_csv(?, header = true, all_varchar = true) r on lower(trim(d.email)) = lower(trim(r.email))
"""

desired, remote = sys.argv[1:]
connection = duckdb.connect(config={"threads": 2})
answer = connection.execute(QUERY, [desired, remote])
names = [column[0] for column in answer.description]
print(json.dumps(dict(zip(names, answer.fetchone()))))
