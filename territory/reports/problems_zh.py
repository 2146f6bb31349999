"""The Chinese sentences about wrong input, by the codes of `territory.inputs.problems`, with the same placeholders."""

from __future__ import annotations

from collections.abc import Mapping

from territory.errors import Problem

SENTENCES: Mapping[str, tuple[str, str]] = {
    # files
    "scenario_missing": ("这里没有 scenario.toml", "请指定 scenario.toml 所在的文件夹，或该文件本身"),
    "file_missing": ("没有这个文件", "把文件放进方案文件夹，或改正 files.{key}"),
    "file_not_named": ("files.{key} 没有写文件名", "写明 {key} 表的文件名"),
    "file_outside": ("路径超出了方案文件夹", "把文件放进方案文件夹"),
    "file_unreadable": ("文件打不开：{detail}", "在其他程序中关闭它，并检查读取权限"),
    "file_type_unknown": ("不支持 {suffix} 类型的表", "另存为 .csv、.xlsx 或 .parquet"),
    "file_type_wrong": ("文件名说是 {expected}，内容却是 {found}", "重新另存为 {expected}"),
    "file_encrypted": ("工作簿有密码保护", "去掉密码后另存"),
    "file_damaged": ("文件已损坏：{detail}", "从原来的程序重新导出"),
    "file_too_large": ("解压后文件超过 {limit}", "只保留表格本身"),
    "file_empty": ("表格没有标题行", "第一行写上各列名称"),
    "table_empty": ("表格没有数据行", "至少加一行"),
    # text of files
    "toml_syntax": ("不是有效的 TOML：{detail}", "改正这一行；文字要加引号"),
    "toml_encoding": ("文件不是 UTF-8 编码", "把 scenario.toml 存为 UTF-8"),
    "csv_encoding": ("文字既不是 UTF-8 也不是 GB18030 编码", "另存为 CSV UTF-8；一个文件只用一种编码"),
    "csv_syntax": ("这一行不是有效的 CSV：{detail}", '检查引号；引号内的 " 要写成 ""'),
    "row_length": ("这一行有 {found} 格，标题行有 {expected} 格", "含逗号的单元格要加引号"),
    "merged_cells": ("单元格 {cells} 是合并的", "取消合并，并逐格填写"),
    # headings
    "column_missing": ("缺少列 {column}", "加上这一列；可用的列名：{headings}"),
    "column_blank": ("这一列有数据但没有列名", "写上列名或删除该列"),
    "column_twice": ("列 {first} 与列 {second} 都是 {column}", "只保留一列"),
    "column_unknown": ("没有这个列名", "是否想写 {nearest}？否则请换一个名称"),
    # keys of scenario.toml
    "key_unknown": ("没有这个键", "删除它；这里可用的键：{known}"),
    "key_unknown_near": ("没有这个键", "是否想写 {nearest}？"),
    "key_missing": ("缺少这个键", "加上它"),
    "key_type": ("这里应为 {expected}", "写成 {example}"),
    "key_choice": ("不在可选项之内", "可选：{choices}"),
    "key_choice_near": ("不在可选项之内", "是否想写 {nearest}？可选：{choices}"),
    "key_bounds": ("数值必须 {bounds}", "请改正"),
    "key_length": ("应有 {expected} 项，实有 {found} 项", "增加或删除条目"),
    "key_invalid": ("数值不可用：{detail}", "请改正"),
    # cells
    "cell_blank": ("单元格为空", "每一行都要填 {column}"),
    "cell_control": ("单元格含有控制字符 {character}", "删除它"),
    "cell_excel_error": ("单元格是 Excel 错误值", "修正公式或直接填写数值"),
    "id_spoilt": ("编号被表格软件当成数字，已丢失位数", "按文本重新输入编号"),
    "id_broken": ("这不是编号：不可见或含有换行", "编号写在一行内"),
    "amount_invalid": ("这不是金额", "写成 1234.50、1,234、12万 或 1.2亿"),
    "amount_ambiguous": ("金额有两种读法", "千位写成 1,234，小数写成 1234.56"),
    "amount_fraction": ("金额小于一分的部分无法记账", "四舍五入到两位小数"),
    "amount_too_large": ("金额超过 {limit} 元", "检查单位"),
    "amounts_too_large": ("整列金额合计超过 {limit} 元", "检查单位"),
    "number_invalid": ("这不是数字", "写成 1234.5 这样"),
    "integer_invalid": ("这不是整数", "写成 12 这样"),
    "date_invalid": ("这不是日期", "写成 2026-03-01、2026/3/1 或 2026年3月1日"),
    "date_ambiguous": ("分不清哪个是日、哪个是月", "写成 2026-03-01"),
    "date_impossible": ("没有这一天", "请改正"),
    "time_invalid": ("这不是时刻", "写成 09:30"),
    "hours_invalid": ("不是营业时间", "请写成 09:00-12:00，或 休息"),
    "hours_order": ("结束时间不晚于开始时间", "先写较早的时间"),
    "boolean_invalid": ("既不是“是”也不是“否”", "写 是 或 否（yes 或 no）"),
    "choice_invalid": ("不在可选项之内", "可选：{choices}"),
    "value_bounds": ("数值必须在 {bounds} 范围内", "请改正"),
    "more_alike": ("这一列还有 {count} 格有同样的问题", "请一并改正"),
    # across rows and tables
    "id_twice": ("{id} 在第 {other_row} 行已出现", "每一行的 {column} 都要不同"),
    "id_shared": ("{id} 既是业务员又是客户，行程表无法区分", "改掉其中一个编号"),
    "unknown_rep": ("没有这个业务员", "把他加进业务员表，或把这一格留空"),
    "unknown_rep_near": ("没有这个业务员", "是否想写 {nearest}？"),
    "unknown_customer": ("没有客户 {id}", "使用客户表里的编号"),
    "unknown_customer_near": ("没有客户 {id}", "是否想写 {nearest}？"),
    "unknown_place": ("{id} 既不是客户也不是业务员", "使用客户和业务员的编号"),
    "unknown_place_near": ("{id} 既不是客户也不是业务员", "是否想写 {nearest}？"),
    "measure_unknown": ("既不是内置指标，也不是客户表里的列", "在客户表里加上这一列；内置指标：{known}"),
    "measure_unknown_near": ("既不是内置指标，也不是客户表里的列", "是否想写 {nearest}？"),
    "measure_taken": ("这一列另有含义", "把它复制为另一个列名"),
    "unknown_region": ("区域 {name} 没有客户", "使用客户表里的区域"),
    "unknown_region_near": ("区域 {name} 没有客户", "是否想写 {nearest}？"),
    "unknown_city": ("驻地城市 {name} 没有客户", "使用客户表里的城市"),
    "unknown_city_near": ("驻地城市 {name} 没有客户", "是否想写 {nearest}？"),
    "swapped_coordinates": ("纬度 {lat} 与经度 {lon} 好像写反了", "经度是否写进了纬度列？请对调"),
    "zero_coordinates": ("经纬度都是 0", "填写真实位置；0, 0 在大西洋里"),
    "half_frequency": ("visits 与 per_weeks 要一起填，{missing} 为空", "两个都填，或都不填"),
    "half_window": ("window_open 与 window_close 要一起填，{missing} 为空", "两个都填，或都不填"),
    "window_order": ("关门时间 {close} 早于开门时间 {open}", "对调或改正时间"),
    "tier_missing": ("tiers.method 为 given，但等级为空", "给客户定 A、B、C 或 D 级"),
    "column_tier_missing": ("tiers.method 为 given，但没有等级列 tier", "加上这一列，或改用其他方法"),
    "cycle_too_long": (
        "按这个周期，拜访循环长 {weeks} 周，最长为 {limit} 周",
        "使用合起来能整除 12 的周期：1、2、3、4、6 或 12 周",
    ),
    "product_line_uncarried": ("没有业务员负责产品线 {line}", "把它加进某位业务员的 product_lines"),
    "ends_before_start": ("该日期早于起始日 {first}", "改正两个日期之一"),
    "hired_too_late": ("业务员到岗日期晚于计划年度结束日 {end}", "改正日期或删除该业务员"),
    "opened_too_late": ("商机建立日期晚于计划开始日 {start}", "只列开始时已有的商机"),
    "stage_unknown": ("没有这个概率的阶段", "使用 0 或以下之一：{stages}"),
    "managers_many": ("{first} 已是经理，{id} 是第二个", "只标记一位经理"),
    "manager_missing": ("写了驻地城市，但没有业务员是经理", "标记经理，或清空 home_city"),
    "keep_too_many": ("要保留 {keep} 人，但只有 {reps} 人", "最多保留 {reps} 人"),
    "keep_nobody": ("计划裁员，但没有保留任何人", "填写 staffing.keep，或把 staffing.cut_mode 设为 none"),
    "travel_half": ("minutes 与 km 要一起填，{missing} 为空", "两个都填；不通则都留空"),
    "travel_too_many": ("{places} 个地点太多，行程表最多 {limit} 个", "把 files.travel 留空"),
    "travel_place_missing": ("行程表 {matrix} 中没有 {id}", "补上它的各行；分钟和公里留空表示不通"),
    "zone_empty": ("速度区 {name} 内没有客户也没有业务员", "更正 lat、lon 和 radius_km，或删去该区"),
    # inside scenario.toml
    "name_invalid": ("名称不能用作文件名", "使用文字、数字、空格、- 和 _"),
    "target_missing": ("targets.annual 与 targets.phases 都没有", "给出其中一个"),
    "target_both": ("targets.annual 与 targets.phases 都有", "只保留一个"),
    "appointment_outside": ("预约不在计划年度内", "请用 {first} 至 {last} 之间的日期"),
    "appointment_day_off": ("当天不上班（{name}）", "请约在工作日"),
    "appointment_off_hours": ("预约不在外勤时段内（{windows}）", "请约在时段内"),
    "appointment_closed": ("客户当时不营业（{hours}）", "改约时间或更正营业时间"),
    "stretch_low": ("挑战目标低于任务 {annual} 元", "提高它，或不写"),
    "phase_order": ("阶段 {name} 的结束（第 {last} 月）早于开始（第 {first} 月）", "对调月份"),
    "phase_overlap": ("阶段 {first} 与 {second} 在第 {month} 月重叠", "每个月只属于一个阶段"),
    "all_zero": ("所有权重都是 0", "至少给一个月权重"),
    "time_order": ("{start} 不早于 {end}", "对调或改正时间"),
    "windows_overlap": ("从 {start} 开始的时段在前一时段结束之前开始", "按时间先后排列"),
    "twice_in_list": ("{item} 出现了两次", "只写一次"),
    "office_missing": ("每天从办公室出发，但没有办公室位置", "填写 office_lat 和 office_lon"),
    "office_half": ("office_lat 与 office_lon 要一起填", "两个都填，或都不填"),
    "stages_order": ("阶段 {name} 的概率没有升高", "按概率从低到高排列阶段"),
    "stage_bounds": ("阶段 {name} 的概率是 {probability}", "使用 1 到 99；0 是线索，100 是签约"),
    "pay_shares": (
        "base_share、completion_share、appraisal_share 合计为 {sum}",
        "让它们合计为 1，这样完成 100 % 时拿到全额",
    ),
    "low_above_high": ("{low_key} 高于 {high_key} = {high}", "对调或改正"),
    "group_too_small": ("一组至少要有两个客户", "增加客户或删除该组"),
    # result folders
    "not_a_result": ("没有 manifest.json，不是完整的结果文件夹", "重新生成计划"),
    "result_damaged": ("文件与结果的其他部分不符：{detail}", "重新生成计划"),
    "result_ids_differ": ("编号与方案副本中的不同", "重新生成计划"),
}

_WORDS = {
    "yes or no": "是或否",
    "a whole number": "整数",
    "a number": "数字",
    "text": "文字",
    "a date": "日期",
    "a time of day": "时刻",
    "a table": "表",
    "a list": "列表",
    "true or false": "true 或 false",
    "it like 12": "12 这样",
    "it like 0.5": "0.5 这样",
    'it in quotes, like "text"': '带引号的 "文字"',
    "it like 2026-01-01": "2026-01-01 这样",
    'it like "09:30"': '"09:30" 这样',
    "it under a [heading] of its own, as key = value": "单独的 [标题] 及其下的 键 = 值",
    "it in square brackets, like [1, 2]": "方括号内，如 [1, 2]",
    "old Excel": "旧版 Excel",
}


def problem_text(problem: Problem) -> str:
    """Return one problem in Chinese: place, value, reason and remedy."""
    reason, remedy = SENTENCES[problem.code]
    details = {name: _WORDS.get(detail, detail) for name, detail in problem.details.items()}
    row = f"第 {problem.row} 行" if problem.row else ""
    place = "，".join(part for part in (problem.file, row, problem.column) if part)
    value = f"（{problem.value!r}）" if problem.value else ""
    return f"{place}{value}：{reason.format(**details)} -> {remedy.format(**details)}"
