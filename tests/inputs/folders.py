"""A tiny scenario folder on disk, to be spoilt by the tests."""

from __future__ import annotations

from pathlib import Path

from territory.errors import Problem, ScenarioError
from territory.inputs.load import load_scenario

TOML = """\
[scenario]
name = "tiny"
start = 2026-01-01

[files]
opportunities = "opportunities.csv"
travel = "travel.csv"
holidays = "holidays.csv"

[tiers]
method = "given"
a = {visits = 2, per_weeks = 1}

[targets]
annual = "1.2亿"
stretch = 150_000_000

[territories]
home_city = "Xi'an"
together = [["C1", "C2"]]

[staffing]
cut_mode = "ranked"
keep = 1
"""

CUSTOMERS = """\
customer_id,name,lat,lon,city,region,product_line,tier,annual_sales,potential,visits,per_weeks,window_open,window_close,current_rep,customer_since
C1,First Shop,34.20,108.90,Xi'an,north,paint,A,"1,234.50",12万,,,,,R1,2020-01-01
C2,Second Shop,34.25,108.95,Xi'an,north,paint,B,¥500,5000,2,3,,,R1,2020/3/1
C3,Third Shop,34.30,109.00,Xianyang,south,glue,C,0,3000,,,9:30,16:00,R2,2020年5月1日
C4,Fourth Shop,34.31,109.01,Xianyang,south,glue,D,,2000,,,,,,
"""

REPS = """\
rep_id,name,home_lat,home_lon,is_manager,share,hours_per_week,product_lines,preferred_regions,hired,new_hire,monthly_salary
R1,Ann,34.20,108.92,yes,0.5,42,paint;glue,north,2019-01-01,no,10000
R2,Bo,34.30,108.98,no,1,,paint、glue,south,2026-02-01,,8000
"""

OPPORTUNITIES = """\
opportunity_id,customer_id,stage,value,opened
O1,C1,50,20000,2025-11-01
O2,C3,90%,1万,2025-12-01
"""

TRAVEL = """\
from_id,to_id,minutes,km
C1,C2,10.2,5
C2,C1,12,5.5
R1,C1,7,3
C1,C3,,
R2,C4,9,4
C4,R2,9,4
C3,R1,20.5,11
"""

HOLIDAYS = """\
date,kind,name
2026-03-02,holiday,Founders' day
2026-03-07,workday,
"""


def write_scenario(folder: Path, **files: str | bytes) -> Path:
    """Write the tiny scenario; name files to replace their content: ``toml=...``, ``customers=...``."""
    contents: dict[str, str | bytes] = {
        "toml": TOML,
        "customers": CUSTOMERS,
        "reps": REPS,
        "opportunities": OPPORTUNITIES,
        "travel": TRAVEL,
        "holidays": HOLIDAYS,
    }
    contents.update(files)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / ("scenario.toml" if name == "toml" else f"{name}.csv")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def problems_of(folder: Path) -> list[Problem]:
    """Return everything that is wrong with a scenario folder."""
    try:
        load_scenario(folder)
    except ScenarioError as error:
        return list(error.problems)
    return []


def codes_of(folder: Path) -> list[str]:
    """Return the codes of everything that is wrong with a scenario folder."""
    return [problem.code for problem in problems_of(folder)]
