"""The words of deciding and of Setup in Chinese: proposals, alerts, errands, rules, their numbers, terms."""

CHINESE = {
    # deciding
    "By hand": "手工操作",
    "by hand": "需手工操作",
    "Settled": "已处理",
    "Nothing is settled yet": "暂无已处理事项",
    "Nothing to do by hand": "无需手工操作",
    "Dismiss, because": "忽略并说明",
    "Resolve": "解除",
    "Done": "完成",
    "fewer": "收起",
    "no longer needed": "已不需要",
    "expired": "已过期",
    "resolved": "已解除",
    "if nobody acts": "不处理将损失",
    "{who} has it": "{who} 已认领",
    "failed": "失败",
    "on its way": "推送中",
    "written by itself": "已自动写入",
    "ticked off": "已完成",
    "Sound on": "声音开",
    "Sound off": "声音关",
}
"""English phrase -> Chinese phrase."""
