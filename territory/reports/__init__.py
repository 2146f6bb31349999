"""Plans and outcomes for people: tables, pages, workbooks, calendars."""
