"""What a reader of a line can take back out of it, written without the engine: figures, letters and pressing words."""

import re
from decimal import Decimal

GROUPS = {"de": ".", "es": ".", "fr": "\u202f", "id": ".", "pt": ".", "vi": "."}
"""What stands between thousands where it is no comma."""
MOMENTS = {
    "en": "Tue, Nov 24, 8:05\u202fAM (Los Angeles time)",
    "zh": "11月24日周二 08:05（洛杉矶时间）",
    "es": "mar, 24 de noviembre, 8:05 (hora de Los Ángeles)",
    "de": "Di., 24. November, 08:05 Uhr (Ortszeit Los Angeles)",
    "fr": "mar. 24 nov. à 08:05 (heure de Los Angeles)",
    "th": "อ. 24 พฤศจิกายน เวลา 08:05 น. (เวลา ลอสแองเจลิส)",
    "ms": "Sel, 24 Nov, 8:05\u202fPG (waktu Los Angeles)",
    "id": "Sel, 24 November, pukul 08.05 (waktu Los Angeles)",
    "vi": "08:05 Th 3, 24 tháng 11 (giờ Los Angeles)",
    "pt": "ter., 24 de novembro, 08:05 (horário de Los Angeles)",
    "ja": "11月24日(火) 8:05（ロサンゼルス時間）",
    "ko": "11월 24일 (화) 오전 8:05 (로스앤젤레스 시간)",
}
"""2026-11-24 16:05 UTC on the clock of Los Angeles, as each language tells it."""

ENGLISH = re.compile(
    r"\b(the|left|for|with|and|of|off|coming|ships?|arrives?|you|your|we|per person|pieces?|sold out|price is|next|"
    r"there|have|order|available|days|hours|takes)\b",
    re.IGNORECASE,
)
OWN_LETTERS = ("zh", "ja", "ko", "th")
"""Languages whose own words hold no Latin letter."""

PRESSING = {
    "en": ("hurry", "last chance", "almost gone", "selling fast", "running out", "before it", "final", "quick"),
    "zh": ("赶紧", "赶快", "快抢", "手慢", "最后", "即将售罄", "马上没", "秒杀", "错过"),
    "es": ("apúr", "apresúr", "última", "corre", "date prisa", "antes de que", "casi agotad", "vuela"),
    "de": ("beeil", "schnell", "letzte", "fast weg", "bevor", "greift zu", "nur noch"),
    "fr": ("dépêch", "dernière", "dernier", "vite", "plus que", "presque", "avant qu"),
    "th": ("รีบ", "ด่วน", "ใกล้หมด", "สุดท้าย", "ก่อนหมด", "พลาด"),
    "ms": ("cepat", "segera", "terakhir", "hampir", "sebelum habis"),
    "id": ("buruan", "cepat", "segera", "terakhir", "hampir", "sebelum habis"),
    "vi": ("nhanh tay", "sắp hết", "cuối cùng", "kẻo", "vội", "lỡ"),
    "pt": ("corre", "últim", "apress", "rápido", "quase", "antes que"),
    "ja": ("急ぎ", "急いで", "ラスト", "残りわずか", "早い者勝ち", "今だけ", "最後", "お早めに"),
    "ko": ("서두르", "마지막", "임박", "얼른", "빨리", "놓치"),
}
"""Words that press beyond the number a line says; no wording has one."""


def figures(text: str, language: str) -> list[Decimal]:
    """All figures of a text in its language's writing, in order of size."""
    group = GROUPS.get(language, ",")
    decimal = "," if group != "," else "."
    found = []
    for figure in re.findall(r"\d+(?:[.,\u202f\u00a0]\d+)*", text):
        if group in figure:
            assert re.fullmatch(rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", figure), figure
        found.append(Decimal(figure.replace(group, "").replace(decimal, ".")))
    return sorted(found)
