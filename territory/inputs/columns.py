"""The tables a scenario may bring, column by column: one declaration for reading, checking and the data dictionary."""

from __future__ import annotations

from territory.inputs.column import Column, TableSchema
from territory.inputs.columns_further import ABSENCES, ADJACENCY, APPOINTMENTS

_WEEKDAYS = tuple(
    (day, (f"周{zh}", f"星期{zh}", f"礼拜{zh}"))
    for day, zh in zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "一二三四五六日", strict=True)
)
_TIERS = tuple((tier, (f"{tier}类", f"{tier}级", f"{tier}等")) for tier in "ABCD")
_KINDS_OF_DAY = (
    ("holiday", ("假日", "节日", "节假日", "放假", "休", "休息", "法定节假日")),
    ("workday", ("工作日", "上班", "班", "调休", "补班", "调休上班")),
)


def _hours_of(day: str, zh: str) -> Column:
    return Column(
        f"open_{day}",
        "hours",
        "opening hours on this weekday, such as 09:00-12:00, or closed",
        "hh:mm-hh:mm",
        "R-V2",
        default="window_open to window_close",
        synonyms=(f"hours_{day}", f"周{zh}营业时间", f"星期{zh}营业时间", f"周{zh}营业", f"周{zh}可拜访时间"),
    )


def _latitude(name: str, *synonyms: str) -> Column:
    known = ("lat", "latitude", *synonyms)
    return Column(name, "degrees", "latitude", "degrees", required=True, least=-90, most=90, synonyms=known)


def _longitude(name: str, *synonyms: str) -> Column:
    known = ("lon", "lng", "long", "longitude", *synonyms)
    return Column(name, "degrees", "longitude", "degrees", required=True, least=-180, most=180, synonyms=known)


CUSTOMERS = TableSchema(
    "customers",
    (
        Column(
            "customer_id",
            "id",
            "id of the customer; text, so 00123 stays",
            required=True,
            synonyms=("id", "客户编号", "客户编码", "客户代码", "客户ID", "客户号", "编号", "customer", "customer_no"),
        ),
        Column(
            "name",
            "text",
            "name of the customer",
            required=True,
            synonyms=("customer_name", "客户名称", "客户", "客户名", "名称", "门店名称", "网点名称"),
        ),
        _latitude("lat", "纬度", "客户纬度"),
        _longitude("lon", "经度", "客户经度"),
        Column("city", "text", "city", rule="R-A1", synonyms=("城市", "所在城市", "市")),
        Column("region", "text", "sales region", rule="R-A3", synonyms=("区域", "地区", "大区", "片区", "所属区域")),
        Column("product_line", "text", "line sold there", rule="R-A6", synonyms=("产品线", "产品", "品类", "产品类别")),
        Column(
            "segment",
            "text",
            "kind of customer, free text",
            rule="R-S5",
            synonyms=("客户类型", "类型", "行业", "细分", "细分市场", "客户类别"),
        ),
        Column("competitor", "text", "who holds it now", rule="R-S5", synonyms=("竞争对手", "竞品", "现用品牌")),
        Column(
            "tier",
            "choice",
            "grade, used with tiers.method = given",
            rule="R-S1",
            default="graded by tiers.method",
            choices=_TIERS,
            synonyms=("grade", "等级", "客户等级", "级别", "分级", "客户级别"),
        ),
        Column(
            "annual_sales",
            "amount",
            "sales of last year",
            "yuan",
            "R-T3",
            default="0",
            least=0,
            synonyms=("sales", "年销售额", "销售额", "去年销售额", "上年销售额", "年销售", "上年度销售额"),
        ),
        Column(
            "potential",
            "amount",
            "what the customer could buy in a year",
            "yuan",
            "R-S1",
            default="annual_sales",
            least=0,
            synonyms=("annual_potential", "潜力", "年潜力", "潜力额", "采购潜力", "年采购潜力"),
        ),
        Column(
            "monthly_demand",
            "amount",
            "demand of a prospect",
            "yuan a month",
            "R-S2",
            default="unknown",
            least=0,
            synonyms=("月需求", "月需求额", "月用量", "月采购额"),
        ),
        Column(
            "visits",
            "integer",
            "own call frequency: visits per per_weeks weeks; 0 for phone only",
            "visits",
            "R-V1",
            default="by tier",
            least=0,
            most=6,
            synonyms=("拜访次数", "拜访频次", "访问次数"),
        ),
        Column(
            "per_weeks",
            "integer",
            "period of the own call frequency",
            "weeks",
            "R-V1",
            default="by tier",
            least=1,
            most=12,
            synonyms=("拜访周期", "周期周数", "拜访周数", "每几周"),
        ),
        Column(
            "visit_minutes",
            "integer",
            "length of a visit",
            "minutes",
            "R-H1",
            default="by tier",
            least=1,
            most=480,
            synonyms=("拜访时长", "拜访分钟", "拜访分钟数", "单次拜访时长"),
        ),
        Column(
            "window_open",
            "time",
            "visits start no earlier",
            "hh:mm",
            "R-V2",
            default="always open",
            synonyms=("open", "开门时间", "营业开始", "开始营业", "可拜访开始"),
        ),
        Column(
            "window_close",
            "time",
            "visits end no later",
            "hh:mm",
            "R-V2",
            default="always open",
            synonyms=("close", "关门时间", "营业结束", "结束营业", "可拜访结束"),
        ),
        *(_hours_of(day, words[0][-1]) for day, words in _WEEKDAYS),
        Column(
            "closed_weekday",
            "choice",
            "weekday without visits, where the customer is closed",
            rule="R-V2",
            default="none",
            choices=_WEEKDAYS,
            synonyms=("closed_on", "休息日", "不营业日", "店休日"),
        ),
        Column(
            "preferred_weekday",
            "choice",
            "weekday the customer likes to be visited on",
            rule="R-V1",
            default="any",
            choices=_WEEKDAYS,
            synonyms=("preferred_day", "偏好星期", "首选拜访日"),
        ),
        Column(
            "current_rep",
            "id",
            "rep who owns the customer today",
            rule="R-A4",
            default="nobody",
            refers_to="reps",
            synonyms=("负责人", "当前负责人", "现负责人", "业务员", "销售代表", "客户经理", "负责人编号", "业务员编号"),
        ),
        Column(
            "locked_rep",
            "id",
            "rep who must own the customer",
            rule="R-A7",
            default="anybody",
            refers_to="reps",
            synonyms=("锁定负责人", "指定负责人", "固定负责人"),
        ),
        Column(
            "customer_since",
            "date",
            "first order; a customer with neither sales nor this is a prospect",
            rule="R-P6",
            default="unknown",
            synonyms=("since", "合作开始", "开户日期", "首次合作日期", "合作日期", "成交日期"),
        ),
        Column(
            "decides_by",
            "date",
            "when the customer decides on the material",
            rule="R-S5",
            default="unknown",
            synonyms=("decision_date", "决策日期", "预计决策日期", "预计成交日期", "定材日期"),
        ),
    ),
    ("customer_id",),
)

REPS = TableSchema(
    "reps",
    (
        Column(
            "rep_id",
            "id",
            "id of the rep",
            required=True,
            synonyms=("id", "员工编号", "业务员编号", "代表编号", "工号", "编号", "销售编号", "rep"),
        ),
        Column(
            "name",
            "text",
            "name of the rep",
            required=True,
            synonyms=("rep_name", "姓名", "名称", "业务员", "销售代表", "员工姓名", "业务员姓名"),
        ),
        _latitude("home_lat", "纬度", "住址纬度", "家庭纬度", "出发地纬度"),
        _longitude("home_lon", "经度", "住址经度", "家庭经度", "出发地经度"),
        Column(
            "is_manager",
            "boolean",
            "the regional manager: owns the home city, carries customers of leavers",
            rule="R-A1",
            default="no",
            synonyms=("manager", "是否经理", "经理", "是否主管", "主管", "区域经理"),
        ),
        Column(
            "share",
            "share",
            "fair share of the territory relative to a full rep",
            "share",
            "R-A2",
            default="1",
            least=0,
            most=3,
            synonyms=("份额", "区域份额", "比例", "折算人力"),
        ),
        Column(
            "hours_per_week",
            "number",
            "contract hours",
            "hours",
            "R-H2",
            default="the full week of 42 h",
            least=1,
            most=84,
            synonyms=("周工时", "每周工时", "每周小时", "周工作小时"),
        ),
        Column(
            "product_lines",
            "list",
            "lines the rep sells, separated by ; or 、",
            rule="R-A6",
            default="every line",
            synonyms=("产品线", "负责产品线", "产品", "可售产品线"),
        ),
        Column(
            "preferred_regions",
            "list",
            "regions the rep would like, separated by ; or 、",
            rule="R-A3",
            default="no preference",
            synonyms=("意向区域", "偏好区域", "志愿区域", "期望区域"),
        ),
        Column(
            "hired",
            "date",
            "first working day",
            rule="R-N1",
            default="there before the start",
            synonyms=("hire_date", "入职日期", "入职时间", "到岗日期"),
        ),
        Column(
            "leaves",
            "date",
            "last working day",
            rule="R-N4",
            default="stays",
            synonyms=("leaves_on", "离职日期", "离职时间", "最后工作日"),
        ),
        Column(
            "new_hire",
            "boolean",
            "on probation and ramping from the first working day",
            rule="R-N2",
            default="yes if hired on or after the start",
            synonyms=("新员工", "是否新员工", "新人", "试用期", "是否试用"),
        ),
        Column(
            "shared_area",
            "text",
            "reps with the same name here serve their customers as a pool, from their own start places and in their "
            "own hours: routes, not compactness, say which of them owns whom",
            rule="R-A6",
            default="an area of its own",
            synonyms=("pool", "共管区域", "共享区域", "共管片区", "合片"),
        ),
        Column(
            "monthly_salary",
            "amount",
            "monthly pay at 100 %",
            "yuan a month",
            "R-B5",
            default="budget.pay_month",
            least=0,
            synonyms=("salary", "月薪", "工资", "月工资", "薪资"),
        ),
    ),
    ("rep_id",),
)

OPPORTUNITIES = TableSchema(
    "opportunities",
    (
        Column(
            "opportunity_id",
            "id",
            "id of the deal",
            required=True,
            synonyms=("id", "商机编号", "机会编号", "编号", "项目编号", "商机ID"),
        ),
        Column(
            "customer_id",
            "id",
            "customer of the deal",
            required=True,
            refers_to="customers",
            synonyms=("customer", "客户编号", "客户编码", "客户代码", "客户ID", "客户"),
        ),
        Column(
            "stage",
            "percent",
            "probability label of one of the stages, or 0 for a lead",
            "percent",
            "R-P1",
            required=True,
            least=0,
            most=100,
            synonyms=("stage_percent", "阶段", "商机阶段", "销售阶段", "概率", "成功率", "赢率"),
        ),
        Column(
            "value",
            "amount",
            "value of the deal",
            "yuan",
            "R-P1",
            required=True,
            least=0,
            synonyms=("amount", "金额", "商机金额", "预计金额", "项目金额"),
        ),
        Column(
            "opened",
            "date",
            "day it was opened, not after the start",
            rule="R-P1",
            default="the start",
            synonyms=("opened_on", "建立日期", "创建日期", "开始日期", "立项日期"),
        ),
    ),
    ("opportunity_id",),
)

TRAVEL = TableSchema(
    "travel",
    (
        Column(
            "from_id",
            "id",
            "customer, or rep for the rep's start place",
            required=True,
            refers_to="places",
            synonyms=("from", "起点", "起点编号", "出发地", "出发编号"),
        ),
        Column(
            "to_id",
            "id",
            "customer, or rep for the rep's start place",
            required=True,
            refers_to="places",
            synonyms=("to", "终点", "终点编号", "目的地", "到达编号"),
        ),
        Column(
            "minutes",
            "number",
            "travel time, rounded up to whole minutes",
            "minutes",
            default="unreachable",
            least=0,
            most=100_000,
            synonyms=("分钟", "时间", "行程分钟", "用时", "耗时"),
        ),
        Column(
            "km",
            "number",
            "road distance",
            "km",
            default="unreachable",
            least=0,
            most=50_000,
            synonyms=("公里", "距离", "里程", "千米"),
        ),
    ),
    ("from_id", "to_id"),
)

HOLIDAYS = TableSchema(
    "holidays",
    (
        Column("date", "date", "day", required=True, rule="R-V2", synonyms=("日期", "day")),
        Column(
            "kind",
            "choice",
            "holiday: nobody works; workday: everybody does",
            required=True,
            rule="R-V2",
            choices=_KINDS_OF_DAY,
            synonyms=("type", "类型", "性质", "种类", "类别"),
        ),
        Column(
            "name",
            "text",
            "name of the holiday",
            default="holiday",
            synonyms=("名称", "节日", "节假日", "说明", "假期"),
        ),
    ),
    ("date",),
)

TABLES = {
    table.name: table for table in (CUSTOMERS, REPS, OPPORTUNITIES, TRAVEL, ADJACENCY, HOLIDAYS, ABSENCES, APPOINTMENTS)
}
