"""What the claim log says, in Chinese; part of `words.CHINESE`."""

CHINESE = {
    "Claim log": "话术记录",
    "Downloads hold the newest {limit} lines that match.": "下载包含最新 {limit} 条符合的话术。",
    "lines": "条话术",
    "Fact as of": "依据截至",
    "How long": "显示多久",
    "Line": "话术",
    "No line was shown that matches": "没有符合的话术",
    "Shown": "显示",
    "What was shown": "显示内容",
    "answer": "回答",
    "an answer": "回答观众",
    "another is worth more": "另一条更值得说",
    "another line instead": "换成另一条",
    "said already": "已经说过",
    "still shown": "仍在显示",
    "the show closed": "直播已结束",
    "this language is not spoken any more": "不再使用该语言",
}
