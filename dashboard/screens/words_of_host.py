"""What the host pages say, in Chinese; part of `words.CHINESE`."""

CHINESE = {
    "Host": "主播",
    "Host pages": "主播页面",
    "All channels": "全部渠道",
    "Say now": "现在说",
    "Then": "接着说",
    "Said it": "说完了",
    "Said": "已说",
    "said": "已说",
    "Noted": "已记录",
    "Not noted": "未记录",
    "Do not say": "不要再说",
    "you said this": "你刚说过",
    "another number now": "数字已变",
    "ended": "已结束",
    "its data is late": "数据延迟",
    "nobody knows when it arrives": "到货时间未知",
    "not deliverable there": "当地无法送达",
    "Withheld": "暂不说",
    "Lines withheld": "话术暂停",
    "The data is late: read no numbers until it has caught up.": "数据延迟：恢复前请勿读出任何数字。",
    "Nothing to say now": "现在没有话术",
    "No number is worth saying at this moment. Keep talking about what is on screen.": (
        "目前没有值得说的数字，请继续介绍屏幕上的商品。"
    ),
    "The show is over": "直播已结束",
    "Nothing is said any more.": "无需再说。",
    "Starts in": "距开播",
    "the last one": "最后一个",
    "in": "还有",
    "now": "现在",
    "restock": "补货",
    "limit": "限购",
    "price": "价格",
    "coupon": "优惠券",
    "low stock": "库存偏低",
    "present it": "重点介绍",
    "next product": "下一个商品",
    "Prompter": "提词器",
    "Leave the prompter": "退出提词器",
    "Not connected, the last line is {n} s old: do not read numbers": "连接中断，最后一条话术已过 {n} 秒：请勿读出数字",
    "No such channel": "没有这个渠道",
    "This show does not sell there; choose one of its channels.": "本场不在该渠道销售，请选择本场的渠道。",
    "This page notices by itself when one is there.": "有直播时本页会自动显示。",
    "No room here": "此处没有作战室",
    "This page is served by the war room itself.": "本页由作战室程序提供。",
    "This link has ended": "链接已过期",
    "Ask whoever runs the show for a new one.": "请向直播负责人索取新链接。",
    "This link does not work": "链接无效",
    "It is not whole, or links were renewed. Ask whoever runs the show for a new one.": (
        "链接不完整或已被更换，请向直播负责人索取新链接。"
    ),
    "This show is not here": "这里没有这场直播",
    "The link was made for another journal. Ask whoever runs the show for a new one.": (
        "该链接属于另一份日志，请向直播负责人索取新链接。"
    ),
    "Open": "打开",
    "Link as a picture": "链接二维码",
    "For a phone": "手机扫码",
    "holds until": "有效期至",
    "Who may note lines finds here a link for each channel's phone.": "有权记录话术的人可在此获取各渠道的手机链接。",
    "A phone cannot open these links: this server listens to its own machine only.": (
        "手机无法打开这些链接：服务器只接受本机访问。"
    ),
    'Write host = "0.0.0.0" into the config of warroom serve and open this page by the machine\'s address.': (
        '请在 warroom serve 的配置中写 host = "0.0.0.0"，并用本机的网络地址打开本页。'
    ),
    "Languages and tone": "语言与语气",
    "Beside": "除此之外：",
    "Tone": "语气",
    "Calm": "平稳",
    "Lively": "活泼",
    "Save": "保存",
}
"""English phrase -> Chinese phrase."""
