"""Chinese sentences of the reasons and levers that the engines give; the rule id and the full stop are added."""

REASONS = {
    "reason.headcount.workload": "每周 {visits} 次拜访，面谈 {face_minutes} 分钟，路途至少 {least_travel_minutes} "
    "分钟；每人可用 {capacity_minutes} 分钟，少于 {lower_bound} 人无法完成",
    "reason.headcount.travel": "{needed} 名业务员每周路途约 {travel_minutes} 分钟",
    "reason.headcount.enough": "现有折合全职 {available} 人，需要 {needed} 人，人手足够",
    "reason.headcount.short": "现有折合全职仅 {available} 人，而需要 {needed} 人；只能承担 {carried_share} 的拜访",
    "reason.headcount.enough_people": "现有折合全职 {available} 人，多于所需的 {needed} 人，人手足够；已排入 "
    "{carried_share} 的拜访",
    "reason.headcount.cut": "所招 {hired} 人在考核时保留 {keep} 人；为留下 {needed} 人，还需招聘 {to_hire} 人",
    "reason.headcount.attrition": "每年有 {attrition} 的业务员辞职，岗位空缺 {vacant_days} 天，损失工作时间的 "
    "{lost_share}",
    "reason.headcount.ramp": "新业务员第一年的业绩为熟手的 {first_year_share}，但拜访可以全部完成",
    "reason.headcount.plan_serves": "排定的路线证明：{reps} 名业务员可完成全部拜访，每周路途 {travel_minutes} 分钟",
    "reason.headcount.plan_nearly_serves": "排定的路线证明：{reps} 名业务员可完成全年拜访，仅 {visits} 次排不进去，"
    "每周路途 {travel_minutes} 分钟",
    "reason.headcount.plan_leaves_out": "排定的路线表明：{reps} 名业务员全年有 {visits} 次拜访排不进去，每周路途 "
    "{travel_minutes} 分钟",
    "reason.headcount.plan_uneven": "排定的路线在 {territories} 个区域全年有 {visits} 次拜访排不进去，"
    "而 {reps} 人的团队还有 {spare_share} 的空余时间：需要的不是加人，而是重新划分、减少出差或调整频次",
    "reason.headcount.travel_fit": "排线之前估计的路途时间与实际路线相差 {first_median_share}（中位业务员）和 "
    "{first_worst_share}（最差），现所列工作量均按路线分钟计",
    "reason.headcount.travel_confirmed": "最初估计的路途时间与路线相差 {first_median_share}（中位）和 "
    "{first_worst_share}（最差）；按路线校正后区域划分不变，所列工作量均按路线分钟计",
    "reason.headcount.travel_redrawn": "最初估计的路途时间与路线相差 {first_median_share}（中位）和 "
    "{first_worst_share}（最差），因此区域共划分并排线 {rounds} 次；最终划分所依据的估计相差 "
    "{median_share} 和 {worst_share}，所列工作量均按路线分钟计",
    "reason.assignment.routed_balance": "按路线分钟计，工作量与应有份额相差最多 {reached_share}，"
    "而要求不超过 {asked_share}",
    "reason.visits.appointment.no_visits": "与 {customer} 在 {date} {time} 的预约无法安排："
    "该客户按频次不拜访；请设定频次或取消预约",
    "reason.visits.appointment.rep_away": "与 {customer} 在 {date} {time} 的预约无法安排："
    "业务员 {rep} 当天不在；请改约或换人",
    "reason.visits.appointment.trip": "与 {customer} 在 {date} {time} 的预约无法安排："
    "该客户须出差拜访，出差不排预约；请约在出差日",
    "reason.visits.appointment.no_room": "与 {customer} 在 {date} {time} 的预约无法安排："
    "与业务员 {rep} 当天的行程、预约前的余量或拜访间隔冲突；请改约时间",
    "reason.plan.stopped": "制定过程被中断：这是当时已有的最好的完整计划；完整运行可能更好，再次中断的结果可能不同。",
    "reason.visits.overload.proven": "{rep} 全年有 {visits} 次拜访排不下，并已证明任何排法都不可能全部完成："
    "每周至少多出 {minutes} 分钟；请移交客户、降低频次或增加工时",
    "reason.visits.overload.not_proven": "{rep} 全年有 {visits} 次拜访排不下；尚未证明不可能全部完成，"
    "加大计算力度或略增工时或可解决",
    "reason.visits.pool.together": "共管区域 {area} 的 {reps} 名业务员共同排程：{customers} 家客户中有 {moved} 家"
    "改由区内另一人负责（与按紧凑划分相比）；全年在途 {driven_minutes} 分钟（原为 {split_minutes}），排不上的拜访 "
    "{lost} 次（原为 {split_lost}）",
    "reason.visits.pool.alone": "共管区域 {area} 只有一名业务员，无可共管",
    "reason.visits.pool.few": "共管区域 {area} 需拜访的客户不足两家，无可共管",
    "reason.visits.pool.contiguous": "共管区域 {area} 保持紧凑划分：要求区域连片，仅凭路线无法保证",
    "reason.visits.pool.large": "共管区域 {area} 保持紧凑划分：方案过大，无法建立客户与业务员的完整对照表",
    "reason.visits.pool.part_year": "共管区域 {area} 保持紧凑划分：{reps} 名业务员中有人并非全年在岗",
    "reason.visits.pool.no_share": "共管区域 {area} 保持紧凑划分：{reps} 名业务员中有人不承担份额",
    "reason.visits.pool.settled": "共管区域 {area} 保持紧凑划分：所有客户都必须留在原业务员名下（锁定、意愿、规则，"
    "或仅此人可到达）",
    "reason.visits.pool.balance": "共管区域 {area} 保持紧凑划分：共同排程会打破 {reps} 名业务员之间的均衡",
    "reason.visits.pool.no_gain": "共管区域 {area} 保持紧凑划分：共同排程既不减少在途时间，也不减少排不上的拜访",
    "reason.roads.extra_missing": "道路行程需要附加组件：{install}",
    "reason.roads.no_extract": "没有地图文件 {file}，或无法打开",
    "reason.roads.extract_unreadable": "{file} 不是可用的 OpenStreetMap PBF 文件：{detail}",
    "reason.roads.nowhere": "{places} 个地点都不在 {file} 的道路附近；请检查坐标和地图范围",
    "reason.assignment.rule.not_hired": "业务员 {rep} 于 {first_day} 即年度之后到岗，不能负责任何客户",
    "reason.assignment.rule.home_city": "驻地城市 {city} 的 {customers} 个客户归经理 {manager}",
    "reason.assignment.rule.product_line": "产品线 {line} 的 {customers} 个客户只能归经营该线的业务员：{reps}",
    "reason.assignment.rule.lock": "客户 {customer} 锁定给业务员 {rep}",
    "reason.assignment.rule.locks": "{customers} 个客户锁定给业务员 {rep}",
    "reason.assignment.rule.together": "以下客户须归同一名业务员：{customers}",
    "reason.assignment.rule.apart": "客户 {first} 与 {second} 须归不同业务员",
    "reason.assignment.rule.moved_share": "已有负责人的 {customers} 个客户中，最多 {most} 个（{share}）可以更换业务员",
    "reason.assignment.rule.moved_sales": "已有负责人的客户中，更换业务员的年销售额最多占 {share}",
    "reason.assignment.rule.contiguous": "每片区域在相邻关系图上连成一片",
    "reason.assignment.rule.balance": "每名业务员的{measure}与应得份额之差不超过 {tolerance}",
    "reason.assignment.remedy.tolerance": "把{measure}的允许偏差放宽到 {tolerance} 即可",
    "reason.assignment.remedy.tolerance_all": "把所有平衡指标的允许偏差都放宽到 {tolerance} 即可",
    "reason.assignment.remedy.hours": "每周增加 {hours} 小时工时即可，少于 {least} 小时则无可行方案：{reps}",
    "reason.assignment.remedy.hours_at_most": "每周增加 {hours} 小时工时即可，或许更少也行：{reps}",
    "reason.assignment.remedy.widen": "放宽{measure}的允许偏差即可",
    "reason.assignment.remedy.release": "放弃以下规则即可：{rule}",
    "reason.assignment.remedy.release_together": "同时放弃以下 {rules} 条规则即可：{names}",
    "reason.assignment.tolerance_widened": "没有划分能使{measure}偏差不超过 {asked}；计划做到 {used}",
    "reason.assignment.oversized": "客户 {customer} 一家就占全部{measure}的 {share}，超过一个完整区域；已归业务员 "
    "{rep}，任何划分都无法均衡",
    "reason.assignment.unreachable": "按路途表，{customers} 个客户（如 {first}）其业务员无法到达",
    "reason.verdict.holds": "在 {years} 个年度中有 {share}（区间 {low} 至 {high}）全部满足",
    "reason.verdict.provisional_calendar": "自 {first_day} 起尚无官方放假通知，其后日期为暂定",
    "reason.verdict.too_few_reps": "人手不足：需要 {needed} 人（至少 {lower_bound} 人），现有折合全职 {available} "
    "人，可承担 {carried_share} 的拜访，而要求 {served_share}；全年有 {unserved_visits} 次拜访排不进去。招聘 "
    "{to_hire} 人即可",
    "reason.verdict.target_missed": "{years} 个年度中有 {bad_years} 个（{share}）未完成任务 {target_cents}，其中一"
    "半的缺口超过 {shortfall_cents}；中位年度签单 {median_bookings_cents}，为任务的 {median_attainment}",
    "reason.verdict.stretch_missed": "{years} 个年度中有 {bad_years} 个（{share}）未达到挑战目标 {target_cents}，其"
    "中一半的缺口超过 {shortfall_cents}",
    "reason.verdict.visits_missed": "{years} 个年度中有 {bad_years} 个（{share}）完成的拜访不足 {served_share}；中"
    "位年度完成 {done_share}，计划本身因时间不够未安排 {unserved_visits} 次",
    "reason.verdict.people_lost": "人员决定全年：{years} 个年度中有 {few_years} 个年末不超过 {few_reps} 人，平均签"
    "单 {few_bookings_cents}，完成任务的占 {few_target_share}；其余年度为 {more_bookings_cents} 和 "
    "{more_target_share}",
    "reason.verdict.fewer_people": "人员减少：年初 {reps_at_start} 人，中位年度年末剩 {reps_at_end} 人（离职 {left}"
    "，入职 {hired}）；{years} 个年度中有 {bad_years} 个（{share}）失败",
    "reason.verdict.budget_overrun": "{years} 个年度中有 {bad_years} 个（{share}）超出预算 {budget_cents}，其中一半"
    "超出 {overrun_cents} 以上",
    "reason.verdict.budget_overrun_by": "{years} 个年度中有 {bad_years} 个（{share}）超出预算 {budget_cents}，其中一半"
    "超出 {overrun_cents} 以上；典型年度中超出最多的是 {month} 的{heading}",
    "reason.verdict.cash_low": "{years} 个年度中有 {bad_years} 个（{share}）现金断流，多在 {month} 前后：其中一半低"
    "于 {lowest_cents}，最低 {worst_cents}；年初现金 {opening_cents}",
    "reason.verdict.thin_pipeline": "商机不足：在未完成任务的 {missed_years} 个年度中，平均有 {months_below} 个月覆"
    "盖不足；中位覆盖为未来三个月指标的 {median_coverage}，要求 {coverage}",
    "lever.add_rep": "增加一名业务员（与 {near} 同处）",
    "lever.fewer_d_visits": "减少 D 类拜访：每 {per_weeks} 周 {visits} 次",
    "lever.faster_ramp": "新业务员提前 {quarters} 个季度进入状态",
    "lever.lower_target": "任务与挑战目标调整 {share}",
    "lever.more_budget": "预算与期初现金增加 {added_cents}（预算的 {share}）",
    "lever.keep_more": "考核时多留一人，共留 {keep} 人",
    "lever.lower_attrition": "辞职率减半，降至每年 {annual_attrition}",
}
