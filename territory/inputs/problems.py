"""Every sentence about wrong input, once: problem code to reason and remedy.

Codes and placeholders are stable; `territory.reports.problems_zh` mirrors them in Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping

from territory.errors import Problem

SENTENCES: Mapping[str, tuple[str, str]] = {
    # files
    "scenario_missing": ("there is no scenario.toml", "give the folder that holds scenario.toml, or the file itself"),
    "file_missing": ("there is no such file", "put it into the scenario folder, or correct files.{key}"),
    "file_not_named": ("files.{key} names no file", "name the table of {key}"),
    "file_outside": ("the path leaves the scenario folder", "put the file into the scenario folder"),
    "file_unreadable": ("the file cannot be opened: {detail}", "close it in other programs and check the permissions"),
    "file_type_unknown": ("tables of type {suffix} are not read", "save it as .csv, .xlsx or .parquet"),
    "file_type_wrong": ("the name says {expected}, the content is {found}", "save the file anew as {expected}"),
    "file_encrypted": ("the workbook is protected by a password", "save it without a password"),
    "file_damaged": ("the file is damaged: {detail}", "save it anew from the program it came from"),
    "file_too_large": ("unpacked, the file is larger than {limit}", "keep only the table itself"),
    "file_empty": ("the table has no heading row", "give it a first row with the column names"),
    "table_empty": ("the table has no rows", "add at least one row"),
    # text of files
    "toml_syntax": ("this is not valid TOML: {detail}", "correct the line; text needs quotes"),
    "toml_encoding": ("the file is not UTF-8", "save scenario.toml as UTF-8"),
    "csv_encoding": ("the text is neither UTF-8 nor GB18030", "save the table as CSV UTF-8; one encoding a file"),
    "csv_syntax": ("the row is not valid CSV: {detail}", 'check the quotes; a " inside quotes is written ""'),
    "row_length": ("the row has {found} cells, the heading has {expected}", "put cells with commas into quotes"),
    "merged_cells": ("the cells {cells} are merged", "split them and fill in every cell"),
    # headings
    "column_missing": ("column {column} is missing", "add it; known headings: {headings}"),
    "column_blank": ("the column has values but no heading", "name it or remove it"),
    "column_twice": ("columns {first} and {second} both are {column}", "keep one of them"),
    "column_unknown": ("there is no column of this name", "did you mean {nearest}? Otherwise give it another name"),
    # keys of scenario.toml
    "key_unknown": ("there is no such key", "remove it; known here: {known}"),
    "key_unknown_near": ("there is no such key", "did you mean {nearest}?"),
    "key_missing": ("the key is missing", "add it"),
    "key_type": ("this is not {expected}", "write {example}"),
    "key_choice": ("this is none of the choices", "use one of: {choices}"),
    "key_choice_near": ("this is none of the choices", "did you mean {nearest}? Choices: {choices}"),
    "key_bounds": ("the value must be {bounds}", "correct it"),
    "key_length": ("there must be {expected} entries, there are {found}", "add or remove entries"),
    "key_invalid": ("the value is not usable: {detail}", "correct it"),
    # cells
    "cell_blank": ("the cell is blank", "every row needs a value in {column}"),
    "cell_control": ("the cell holds the control character {character}", "remove it"),
    "cell_excel_error": ("the cell holds an Excel error", "repair the formula or enter the value"),
    "id_spoilt": ("a spreadsheet turned this id into a number and lost digits", "enter it as text"),
    "id_broken": ("this is no id: it is invisible or has line breaks", "enter the id on one line"),
    "amount_invalid": ("this is not an amount", "write it like 1234.50, 1,234, 12万 or 1.2亿"),
    "amount_ambiguous": ("the amount can be read in two ways", "write thousands as 1,234 and decimals as 1234.56"),
    "amount_fraction": ("the amount has fractions of a cent", "round it to two decimals"),
    "amount_too_large": ("the amount is larger than {limit} yuan", "check the unit"),
    "amounts_too_large": ("the amounts of the column add up to more than {limit} yuan", "check the unit"),
    "number_invalid": ("this is not a number", "write it like 1234.5"),
    "integer_invalid": ("this is not a whole number", "write it like 12"),
    "date_invalid": ("this is not a date", "write it like 2026-03-01, 2026/3/1 or 2026年3月1日"),
    "date_ambiguous": ("day and month of this date cannot be told apart", "write it like 2026-03-01"),
    "date_impossible": ("there is no such day", "correct it"),
    "time_invalid": ("this is not a time of day", "write it like 09:30"),
    "hours_invalid": ("these are no opening hours", "write them like 09:00-12:00, or closed (休息)"),
    "hours_order": ("the hours end before they begin", "write the earlier time first"),
    "boolean_invalid": ("this is neither yes nor no", "write yes or no (是 or 否)"),
    "choice_invalid": ("this is none of the choices", "use one of: {choices}"),
    "value_bounds": ("the value must be {bounds}", "correct it"),
    "more_alike": ("{count} more cells of this column have the same problem", "correct them too"),
    # across rows and tables
    "id_twice": ("{id} is also in row {other_row}", "give each row its own {column}"),
    "id_shared": ("{id} is a rep and a customer, so a travel matrix cannot tell them apart", "rename one of them"),
    "unknown_rep": ("there is no such rep", "add the rep to the table of reps or leave the cell blank"),
    "unknown_rep_near": ("there is no such rep", "did you mean {nearest}?"),
    "unknown_customer": ("there is no customer {id}", "use an id of the table of customers"),
    "unknown_customer_near": ("there is no customer {id}", "did you mean {nearest}?"),
    "unknown_place": ("there is neither a customer nor a rep {id}", "use ids of customers and reps"),
    "unknown_place_near": ("there is neither a customer nor a rep {id}", "did you mean {nearest}?"),
    "measure_unknown": ("neither a measure nor a column of the customers", "add the column; measures: {known}"),
    "measure_unknown_near": ("neither a measure nor a column of the customers", "did you mean {nearest}?"),
    "measure_taken": ("this column has a meaning of its own", "copy it to a column with another name"),
    "unknown_region": ("no customer lies in region {name}", "use a region of the table of customers"),
    "unknown_region_near": ("no customer lies in region {name}", "did you mean {nearest}?"),
    "unknown_city": ("no customer lies in the home city {name}", "use a city of the table of customers"),
    "unknown_city_near": ("no customer lies in the home city {name}", "did you mean {nearest}?"),
    "swapped_coordinates": (
        "latitude {lat} and longitude {lon} seem swapped",
        "is the longitude in the latitude column? Exchange the two",
    ),
    "zero_coordinates": ("latitude and longitude are both 0", "enter the place; 0, 0 lies in the Atlantic"),
    "half_frequency": ("visits and per_weeks belong together, {missing} is blank", "fill in both or none"),
    "half_window": ("window_open and window_close belong together, {missing} is blank", "fill in both or none"),
    "window_order": ("the customer closes ({close}) before it opens ({open})", "exchange the times or correct them"),
    "tier_missing": ("the tier is blank although tiers.method is given", "grade the customer A, B, C or D"),
    "column_tier_missing": ("column tier is missing although tiers.method is given", "add it, or use another method"),
    "cycle_too_long": (
        "with this period the visit cycle is {weeks} weeks long, the longest possible is {limit}",
        "use periods that divide 12 together: 1, 2, 3, 4, 6 or 12 weeks",
    ),
    "product_line_uncarried": ("no rep carries product line {line}", "add it to product_lines of a rep"),
    "ends_before_start": ("the date lies before the first day {first}", "correct one of the two dates"),
    "hired_too_late": ("the rep starts after the planned year ends on {end}", "correct the date or remove the rep"),
    "opened_too_late": ("the deal is opened after the start on {start}", "list only deals open at the start"),
    "stage_unknown": ("no stage has this probability", "use 0 or one of: {stages}"),
    "managers_many": ("{first} is already the manager, {id} is a second one", "mark one manager only"),
    "manager_missing": ("a home city is named but no rep is the manager", "mark the manager, or empty home_city"),
    "keep_too_many": ("{keep} reps are to be kept, there are {reps}", "keep at most {reps}"),
    "keep_nobody": ("a cut is planned but no rep is kept", "set staffing.keep, or staffing.cut_mode to none"),
    "travel_half": ("minutes and km belong together, {missing} is blank", "fill in both, or none for no way"),
    "travel_too_many": ("{places} places are too many for a matrix, at most {limit}", "leave files.travel empty"),
    "travel_place_missing": (
        "the travel matrix {matrix} never names {id}",
        "add its rows; blank minutes and km mean no way",
    ),
    "zone_empty": ("no customer or rep lies in the speed zone {name}", "correct lat, lon and radius_km, or remove it"),
    # inside scenario.toml
    "name_invalid": ("the name cannot be used for files", "use letters, digits, blanks, - and _"),
    "target_missing": ("neither targets.annual nor targets.phases is given", "give one of them"),
    "target_both": ("both targets.annual and targets.phases are given", "keep one of them"),
    "appointment_outside": ("the appointment lies outside the planned year", "use a date from {first} to {last}"),
    "appointment_day_off": ("nobody works that day ({name})", "agree on a working day"),
    "appointment_off_hours": ("the appointment lies outside field time ({windows})", "agree on a time within it"),
    "appointment_closed": ("the customer is not open then ({hours})", "agree on another time or correct the hours"),
    "stretch_low": ("the stretch target is below the task of {annual} yuan", "raise it, or leave it out"),
    "phase_order": ("phase {name} ends (month {last}) before it begins (month {first})", "exchange the months"),
    "phase_overlap": ("phases {first} and {second} overlap in month {month}", "let each month belong to one phase"),
    "all_zero": ("all weights are 0", "give at least one month a weight"),
    "time_order": ("{start} is not before {end}", "exchange the times or correct them"),
    "windows_overlap": ("the window from {start} begins before the one before it ends", "order them in time"),
    "twice_in_list": ("{item} is there twice", "name it once"),
    "office_missing": ("days start at the office but it has no place", "give office_lat and office_lon"),
    "office_half": ("office_lat and office_lon belong together", "give both or none"),
    "stages_order": ("the probability of stage {name} does not rise", "order stages by rising probability"),
    "stage_bounds": ("stage {name} has probability {probability}", "use 1 to 99; 0 is a lead, 100 is signed"),
    "pay_shares": (
        "base_share, completion_share and appraisal_share add up to {sum}",
        "let them add up to 1, so that pay is whole at 100 %",
    ),
    "low_above_high": ("{low_key} is above {high_key} = {high}", "exchange the two or correct them"),
    "group_too_small": ("a group needs at least two customers", "add customers or remove the group"),
    # result folders
    "not_a_result": ("there is no manifest.json, so this is not a finished result", "make the plan again"),
    "result_damaged": ("the file does not fit the rest of the result: {detail}", "make the plan again"),
    "result_ids_differ": ("the ids differ from those of the scenario copy", "make the plan again"),
}


def problem(
    code: str,
    *,
    file: str = "",
    row: int | str = "",
    column: str = "",
    value: str = "",
    **details: object,
) -> Problem:
    """Return a problem with its English sentences filled in; they may speak of its column."""
    reason, remedy = SENTENCES[code]
    shown = {name: str(detail) for name, detail in details.items()}
    if "{column}" in reason + remedy:
        shown["column"] = column
    return Problem(
        code, reason.format(**shown), remedy.format(**shown), file, str(row), column, _short(value), details=shown
    )


def _short(value: str) -> str:
    """Keep long cells from flooding the report."""
    return value if len(value) <= 80 else value[:77] + "..."
