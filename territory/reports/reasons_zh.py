"""Chinese sentences of the reasons, levers and violations that the engines give."""

REASONS = {
    "lever.add_rep": "增加一名业务员",
}
