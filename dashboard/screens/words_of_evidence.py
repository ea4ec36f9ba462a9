"""What is said of evidence and of files that somebody hands over, in Chinese; part of `words.CHINESE`."""

CHINESE = {
    "A journal (.duckdb, .db): it is checked here and not kept": "日志文件（.duckdb、.db）：仅在此校验，不予保存",
    "A file larger than 30 MB is not taken here: verify it where it lies, warroom verify FILE": (
        "超过 30 MB 的文件此处不接收：请在其所在电脑上校验，warroom verify FILE"
    ),
    "Evidence of this journal (JSON)": "本日志的证据 (JSON)",
    "Keep it elsewhere: a file agrees with it later, or was changed. warroom verify FILE --evidence": (
        "请另行保存：日后可据此判断文件是否被改动。warroom verify FILE --evidence"
    ),
    "Recomputing hashes and balances …": "正在重新计算哈希与余额…",
    "Verify a file": "校验文件",
    "entries": "条记录",
    "moves of stock": "笔库存变动",
    # what is wrong with a file
    "There is no such file.": "没有这个文件。",
    "This is not a DuckDB file, so it is no journal.": "这不是 DuckDB 文件，因此不是日志。",
    "This DuckDB file holds no journal.": "这个 DuckDB 文件中没有日志。",
    "A newer program wrote this file: update this one.": "该文件由更新版本的程序写成，请先更新本程序。",
    "Another program has this file open: close it there, or verify a copy.": (
        "另一个程序正打开此文件：请先关闭，或校验其副本。"
    ),
    "This file may not be read.": "没有读取此文件的权限。",
    "This file is encrypted; a journal is not.": "此文件已加密；日志不应加密。",
    "There is not enough memory or disk to verify this file here; verify it on your machine.": (
        "此处内存或磁盘不足，无法校验；请在您的电脑上校验。"
    ),
    "This file is damaged and cannot be read to its end.": "此文件已损坏，无法完整读取。",
    "Another file is being checked; try again in a moment.": "正在校验另一个文件，请稍后再试。",
    "The check ended without an answer: this file is damaged, or made to break its reader.": (
        "校验未得出结果即中断：文件已损坏，或被有意制作成无法读取。"
    ),
    "This file takes too long to check here; verify it on your machine.": "在此校验耗时过长，请在您的电脑上校验。",
    "This file has {megabytes} MB; here it can have {limit}. Verify it on your machine: warroom verify FILE": (
        "文件大小为 {megabytes} MB，此处上限为 {limit} MB。请在您的电脑上校验：warroom verify FILE"
    ),
    # the auditor's rules
    "Entries are missing or twice": "记录缺失或重复",
    "An id is used twice": "编号重复",
    "Times of recording run backwards": "记录时间倒退",
    "An entry does not follow the one before it": "记录与前一条不衔接",
    "An entry was changed after it was written": "记录写入后被改动",
    "A show does not begin with its opening, or opens twice": "场次未以开场开始，或重复开场",
    "The head is not the last entry": "链首并非最后一条记录",
    "Moves differ from what their entries say": "变动与记录内容不一致",
    "A move has no positive quantity": "变动数量不为正",
    "A move names an unknown account, or one account twice": "变动的账户未知，或两端为同一账户",
    "An account falls below zero": "账户余额为负",
    "A book does not sum to zero": "账本合计不为零",
    "Unsold claims and units available differ": "未售额度与可售实物不一致",
    "Committed claims and committed goods differ": "预扣额度与预扣实物不一致",
    "An order took other claims than its lines say": "订单占用的额度与明细不一致",
    "Accepted units have no goods behind them": "售出了并不存在的商品",
}
"""English phrase -> Chinese phrase."""
