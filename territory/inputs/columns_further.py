"""Tables about pairs and single days: neighbours, absences, appointments."""

from __future__ import annotations

from territory.inputs.column import Column, TableSchema

ADJACENCY = TableSchema(
    "adjacency",
    (
        Column(
            "customer_id", "id", "customer", required=True, refers_to="customers", synonyms=("customer", "客户编号")
        ),
        Column(
            "neighbour_id",
            "id",
            "another customer whose area borders on it; each pair once or both ways",
            required=True,
            refers_to="customers",
            synonyms=("neighbor_id", "neighbour", "neighbor", "相邻客户", "相邻客户编号", "邻居"),
        ),
    ),
    ("customer_id", "neighbour_id"),
)

ABSENCES = TableSchema(
    "absences",
    (
        Column(
            "rep_id",
            "id",
            "rep who is away",
            required=True,
            rule="R-E1",
            refers_to="reps",
            synonyms=("rep", "业务员", "业务员编号", "姓名", "工号"),
        ),
        Column("first_day", "date", "first day off", required=True, synonyms=("from", "开始日期", "起始日期", "开始")),
        Column(
            "last_day",
            "date",
            "last day off",
            default="the first day",
            synonyms=("to", "until", "结束日期", "截止日期", "结束"),
        ),
        Column(
            "reason",
            "text",
            "what the calendar says on these days",
            default="absence",
            synonyms=("原因", "事由", "类型", "说明"),
        ),
    ),
    ("rep_id", "first_day"),
)

APPOINTMENTS = TableSchema(
    "appointments",
    (
        Column(
            "customer_id",
            "id",
            "customer who expects the rep",
            required=True,
            rule="R-H3",
            refers_to="customers",
            synonyms=("customer", "客户编号", "客户编码", "客户代码", "客户ID", "客户"),
        ),
        Column("date", "date", "day", required=True, rule="R-H3", synonyms=("日期", "day", "预约日期", "约定日期")),
        Column(
            "time", "time", "begin", "hh:mm", "R-H3", required=True, synonyms=("时间", "预约时间", "约定时间", "start")
        ),
        Column(
            "minutes",
            "integer",
            "length",
            "minutes",
            "R-H3",
            default="the customer's ordinary visit",
            least=1,
            most=480,
            synonyms=("时长", "分钟", "分钟数", "预约时长"),
        ),
    ),
    ("customer_id", "date"),
)
