"""English sentences of the reasons, levers and violations that the engines give."""

REASONS = {
    "lever.add_rep": "one more rep",
}
