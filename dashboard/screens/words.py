"""The two languages of the screens: English is the key, 简体中文 stands beside it.

Data flow: an English phrase of a panel -> `Say` -> the phrase in the viewer's language.
Invariants: every phrase a panel speaks has a Chinese one (a test reads the panels and compares); an unknown phrase
stays English rather than failing. Names from the show (titles, host lines, reasons) are never translated here.
"""

from collections.abc import Callable
from functools import lru_cache

Say = Callable[[str], str]

CHINESE = {
    "Live": "直播",
    "Replay": "回放",
    "LIVE": "直播中",
    "Flexible pool": "弹性库存池",
    "guest": "临时池",
    "no countdown": "无倒计时",
    "ANNOUNCED": "即将开播",
    "CLOSED": "已结束",
    "REPLAY": "回放",
    "watching": "人在看",
    "platforms": "个平台",
    "platform": "个平台",
    "−1 h": "−1 小时",
    "+1 h": "+1 小时",
    "−1 d": "−1 天",
    "+1 d": "+1 天",
    "sold": "已售",
    "sold of": "已售 / 共",
    "revenue": "销售额",
    "oversold": "超卖",
    "data age": "数据延迟",
    "no feed": "无数据",
    "critical": "严重",
    "warning": "警告",
    "note": "提示",
    "feed": "数据流",
    "pending": "待取明细",
    "calls paused": "调用已暂停",
    "drift": "偏差",
    "withheld": "已暂扣",
    "lines withheld": "话术暂停",
    "rules wait": "规则暂停",
    "on hand": "在库",
    "available": "可售",
    "committed": "预扣",
    "unavailable": "不可售",
    "incoming": "在途",
    "on screen": "讲解中",
    "next": "下一个",
    "Stock by location": "库存分布",
    "Demand by country": "各国需求",
    "low": "低库存",
    "out": "售罄",
    "SKUs": "个商品",
    "done by rule": "规则已执行",
    "approved": "已批准",
    "dismissed": "已忽略",
    "in transit": "在途",
    "demand": "需求",
    "left": "剩余",
    "late": "延迟",
    "arrived": "已到",
    "units": "件",
    "units to": "件发往",
    "air": "空运",
    "sea": "海运",
    "truck": "卡车",
    "rail": "铁路",
    "fresh": "正常",
    "silent": "无响应",
    "Sells out in": "售罄倒计时",
    "lasts": "够卖",
    "sold out": "售罄",
    "too few orders": "订单太少",
    "nothing allocated": "未分配",
    "sells out": "售罄概率",
    "more": "更多",
    "rows": "行",
    "min": "分钟",
    "Units sold by channel": "各渠道销量",
    "plan dashed": "虚线为计划",
    "plan": "计划",
    "No order yet": "暂无订单",
    "Say now": "现在说",
    "No line to say: nothing is short, late or slow": "暂无话术：库存、物流和销售均正常",
    "retracted": "已撤回",
    "no longer true": "不再属实",
    "left in": "剩余 ·",
    "arrives": "到达",
    "at": "于",
    "until": "有效至",
    "All": "全部",
    "Audience": "观众",
    "Move stock": "调拨额度",
    "From": "从",
    "To": "到",
    "SKU": "商品",
    "Units": "件数",
    "Reason": "原因",
    "Move": "调拨",
    "Undo": "撤销",
    "of": "/",
    "all sold": "已全部售出",
    "taken back": "已撤回",
    "Last moves": "最近调拨",
    "No move yet": "暂无调拨",
    "keeps": "保留",
    "has": "现有",
    "now": "现在",
    "after": "之后",
    "margin": "毛利",
    "lasts the show": "够卖到结束",
    "Decide": "待决定",
    "Approve": "批准",
    "Dismiss": "忽略",
    "decide by": "决定截止",
    "Nothing to decide": "暂无待决定事项",
    "No alert": "暂无告警",
    "Got it": "知道了",
    "What happened": "发生了什么",
    "Nothing happened yet": "暂无事件",
    "No show yet": "暂无场次",
    "Show": "场次",
    "Time": "时间",
    "+1 min": "+1 分钟",
    "−1 min": "−1 分钟",
    "nothing waits": "无待办",
    "starts in": "距开播",
}
"""English phrase -> Chinese phrase."""


def english(phrase: str) -> str:
    """Say it as it is written."""
    return phrase


def chinese(phrase: str) -> str:
    """Say it in Chinese where a phrase is known."""
    return CHINESE.get(phrase, phrase)


@lru_cache(maxsize=8)
def speaker(language: str) -> Say:
    """Return how to say things in a language: `zh`, anything else is English."""
    return chinese if language == "zh" else english
