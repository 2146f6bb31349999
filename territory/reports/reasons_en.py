"""English sentences of the reasons and levers that the engines give; the rule id and the full stop are added."""

REASONS = {
    "reason.headcount.workload": "{visits} visits a week take {face_minutes} minutes with customers and at least "
    "{least_travel_minutes} on the road; one rep has {capacity_minutes}, so the least number of reps is "
    "{lower_bound}",
    "reason.headcount.travel": "With {needed} reps the routes take about {travel_minutes} minutes a week",
    "reason.headcount.enough": "The {available} full reps available are enough; {needed} are needed",
    "reason.headcount.short": "Only {available} full reps are available where {needed} are needed; they can carry "
    "{carried_share} of the visits",
    "reason.headcount.enough_people": "The {available} full reps available are more than the {needed} needed; "
    "the calendar has room for {carried_share} of the visits",
    "reason.headcount.cut": "Of {hired} people hired {keep} are kept at the review; so that {needed} remain, "
    "{to_hire} more must be hired",
    "reason.headcount.attrition": "{attrition} of the reps resign in a year and a place stays empty for "
    "{vacant_days} days, which costs {lost_share} of the working time",
    "reason.headcount.ramp": "New reps sell {first_year_share} of what experienced ones sell in their first year; "
    "they can make all their visits",
    "reason.headcount.plan_serves": "The routed plan shows it: {reps} reps make every visit, with {travel_minutes} "
    "minutes on the road a week",
    "reason.headcount.plan_nearly_serves": "The routed plan shows it: {reps} reps make every visit but {visits} of the "
    "year, with {travel_minutes} minutes on the road a week",
    "reason.headcount.plan_leaves_out": "The routed plan shows it: with {reps} reps {visits} visits of the year "
    "find no time, with {travel_minutes} minutes on the road a week",
    "reason.headcount.plan_uneven": "The routed plan leaves out {visits} visits of the year in {territories} "
    "territories, while the team of {reps} has {spare_share} of its time to spare: not more people but another "
    "division, fewer trips or another frequency would make room for them",
    "reason.headcount.travel_fit": "Before any route existed travel was estimated {first_median_share} off the routes "
    "for the middle rep and {first_worst_share} for the worst; every workload shown is in routed minutes",
    "reason.headcount.travel_confirmed": "The first estimate of travel was {first_median_share} off the routes for the "
    "middle rep and {first_worst_share} for the worst; fitted to the routes it leaves the territories as they are, and "
    "every workload shown is in routed minutes",
    "reason.headcount.travel_redrawn": "The first estimate of travel was {first_median_share} off the routes for the "
    "middle rep and {first_worst_share} for the worst, so territories were drawn and routed "
    "{rounds} times; the estimate behind the ones kept is {median_share} and {worst_share} off, and every workload "
    "shown is in routed minutes",
    "reason.assignment.routed_balance": "In routed minutes the workloads deviate by up to {reached_share} from the "
    "fair share, where {asked_share} is asked",
    "reason.visits.appointment.no_visits": "The appointment with {customer} on {date} at {time} cannot be kept: "
    "has no visits by its frequency; give it one, or drop the appointment",
    "reason.visits.appointment.rep_away": "The appointment with {customer} on {date} at {time} cannot be kept: "
    "rep {rep} is not there that day; agree on another day, or let somebody else go",
    "reason.visits.appointment.trip": "The appointment with {customer} on {date} at {time} cannot be kept: "
    "it lies beyond day trips and is visited on trips, which keep no appointments; agree on a day of the trip",
    "reason.visits.appointment.no_room": "The appointment with {customer} on {date} at {time} cannot be kept: "
    "no way fits it with {rep}'s day, the slack before it and the spacing of visits; agree on another time",
    "reason.plan.stopped": "The making of this plan was interrupted: it is the best whole plan there was by then; a "
    "full run may find a better one, and another interrupt may give another.",
    "reason.visits.overload.proven": "{rep} has no room for {visits} visits of the year, and it is proven that no "
    "calendar could make them all: at least {minutes} minutes a week are too many; hand customers over, visit less "
    "often or add working time",
    "reason.visits.overload.not_proven": "{rep} has no room for {visits} visits of the year; it is not proven that no "
    "calendar could make them, more effort or a little more time may do",
    "reason.visits.pool.together": "The {reps} reps of the shared area {area} plan together: {moved} of {customers} "
    "customers go to another of them than compact territories would give; the year takes {driven_minutes} minutes on "
    "the road instead of {split_minutes} and leaves {lost} visits without a day instead of {split_lost}",
    "reason.visits.pool.alone": "The shared area {area} has one rep only, so there is nothing to share",
    "reason.visits.pool.few": "The shared area {area} has no two customers to visit, so there is nothing to share",
    "reason.visits.pool.contiguous": "The shared area {area} keeps compact territories: they must hang together, which "
    "routes alone cannot promise",
    "reason.visits.pool.large": "The shared area {area} keeps compact territories: the scenario is too large for the "
    "table of all customers and reps that restating a division takes",
    "reason.visits.pool.part_year": "The shared area {area} keeps compact territories: one of its {reps} reps is not "
    "there all year",
    "reason.visits.pool.no_share": "The shared area {area} keeps compact territories: one of its {reps} reps has "
    "no share of the work",
    "reason.visits.pool.settled": "The shared area {area} keeps compact territories: every customer has to stay with "
    "its rep, by a lock, a wish, a rule or because only this rep can reach it",
    "reason.visits.pool.balance": "The shared area {area} keeps compact territories: planning together would upset the "
    "balance between its {reps} reps",
    "reason.visits.pool.no_gain": "The shared area {area} keeps compact territories: planning together would neither "
    "drive less nor leave fewer visits without a day",
    "reason.roads.extra_missing": "Roads need an extra of the package: {install}",
    "reason.roads.no_extract": "There is no map file {file}, or it cannot be opened",
    "reason.roads.extract_unreadable": "{file} is no usable OpenStreetMap extract in PBF form: {detail}",
    "reason.roads.nowhere": "None of the {places} places lies near a road of {file}; check coordinates and extract",
    "reason.assignment.rule.not_hired": "Rep {rep} starts on {first_day}, after the year, and can own no customer",
    "reason.assignment.rule.home_city": "The {customers} customers of the home city {city} belong to the manager "
    "{manager}",
    "reason.assignment.rule.product_line": "The {customers} customers of product line {line} can only go to reps "
    "who sell it: {reps}",
    "reason.assignment.rule.lock": "Customer {customer} is locked to rep {rep}",
    "reason.assignment.rule.locks": "{customers} customers are locked to rep {rep}",
    "reason.assignment.rule.together": "These customers share one rep: {customers}",
    "reason.assignment.rule.apart": "Customers {first} and {second} have different reps",
    "reason.assignment.rule.moved_share": "At most {most} of the {customers} customers who have a rep ({share}) "
    "may change hands",
    "reason.assignment.rule.moved_sales": "At most {share} of the annual sales of owned customers may change hands",
    "reason.assignment.rule.contiguous": "Every territory hangs together on the graph of neighbours",
    "reason.assignment.rule.balance": "Every rep's {measure} is within {tolerance} of the fair share",
    "reason.assignment.remedy.tolerance": "It would do to allow a deviation of {tolerance} for {measure}",
    "reason.assignment.remedy.tolerance_all": "It would do to allow {tolerance} for every balanced measure",
    "reason.assignment.remedy.hours": "It would do to add {hours} hours of work a week; with less than {least} hours "
    "there is no plan: {reps}",
    "reason.assignment.remedy.hours_at_most": "It would do to add {hours} hours of work a week, fewer may do: {reps}",
    "reason.assignment.remedy.widen": "It would do to widen the tolerance of {measure}",
    "reason.assignment.remedy.release": "It would do to give up this rule: {rule}",
    "reason.assignment.remedy.release_together": "It would do to give up these {rules} rules together: {names}",
    "reason.assignment.tolerance_widened": "No division keeps {measure} within {asked} of the fair share; the plan "
    "keeps it within {used}",
    "reason.assignment.oversized": "Customer {customer} alone has {share} of all {measure}, more than a whole "
    "territory; it went to rep {rep}, and nothing can balance it",
    "reason.assignment.unreachable": "{customers} customers, {first} among them, cannot be reached by their rep in "
    "the travel matrix",
    "reason.verdict.holds": "Everything holds in {share} of {years} years (between {low} and {high})",
    "reason.verdict.provisional_calendar": "From {first_day} on no official holiday notice is known; dates after "
    "it are provisional",
    "reason.verdict.too_few_reps": "Too few reps: {needed} are needed (at least {lower_bound}), {available} are "
    "available and can carry {carried_share} of the visits where {served_share} must be made; {unserved_visits} "
    "visits of the year find no time. Hiring {to_hire} would do",
    "reason.verdict.target_missed": "The task of {target_cents} is missed in {bad_years} of {years} years ({share})"
    ", half of these by more than {shortfall_cents}; the middle year books {median_bookings_cents}, "
    "{median_attainment} of the task",
    "reason.verdict.stretch_missed": "The stretch target of {target_cents} is missed in {bad_years} of {years} "
    "years ({share}), half of these by more than {shortfall_cents}",
    "reason.verdict.visits_missed": "In {bad_years} of {years} years ({share}) fewer than {served_share} of the "
    "visits are made; the middle year makes {done_share}; the plan itself leaves out {unserved_visits} visits "
    "for lack of time",
    "reason.verdict.people_lost": "People decide the year: in the {few_years} of {years} years that end with "
    "{few_reps} people or fewer the team books {few_bookings_cents} and reaches the task in {few_target_share} "
    "of them; in the others {more_bookings_cents} and {more_target_share}",
    "reason.verdict.fewer_people": "The team shrinks: it starts with {reps_at_start} people and ends the middle "
    "year with {reps_at_end} (left: {left}, hired: {hired}); {bad_years} of {years} years ({share}) fail",
    "reason.verdict.budget_overrun": "The budget of {budget_cents} is exceeded in {bad_years} of {years} years ("
    "{share}), half of these by more than {overrun_cents}",
    "reason.verdict.budget_overrun_by": "The budget of {budget_cents} is exceeded in {bad_years} of {years} years ("
    "{share}), half of these by more than {overrun_cents}; in a typical year most by {heading}, in {month}",
    "reason.verdict.cash_low": "Cash runs out in {bad_years} of {years} years ({share}), mostly about {month}: in "
    "half of these it falls below {lowest_cents}, at worst to {worst_cents}; the year opens with {opening_cents}",
    "reason.verdict.thin_pipeline": "The pipeline is thin: in the {missed_years} years that miss the task, open "
    "deals cover too little in {months_below} months on average; the middle coverage is {median_coverage} of the "
    "next three months' target, and {coverage} is asked",
    "lever.add_rep": "One more rep, placed like {near}",
    "lever.fewer_d_visits": "Visit D customers less: {visits} in {per_weeks} weeks",
    "lever.faster_ramp": "New reps become productive {quarters} quarter sooner",
    "lever.lower_target": "Change the task and the stretch target by {share}",
    "lever.more_budget": "Raise budget and opening cash by {added_cents} ({share} of the budget)",
    "lever.keep_more": "Keep {keep} reps at the review, one more",
    "lever.lower_attrition": "Halve resignations to {annual_attrition} a year",
}
