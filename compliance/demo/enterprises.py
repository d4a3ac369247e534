"""The demo's enterprises: invented, and recognisable as such by name, code and address."""

from dataclasses import dataclass

from stdnum.cn import uscc

_DIGITS = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Invented:
    """One invented enterprise. ``quality`` 0..1: how well it keeps the code at the beginning of the year."""

    number: int
    name_en: str
    name_zh: str
    sector: str
    district: str
    workers: int
    quality: float
    flags: tuple[str, ...] = ()
    language: str = "zh_Hans_CN"

    @property
    def name(self) -> str:
        """The registered name."""
        return self.name_zh

    @property
    def code(self) -> str:
        """A well-formed credit code that nobody has: organisation numbers never begin with DEM."""
        body = f"91530102DEM{self.number:05d}X"
        return body + uscc.calc_check_digit(body)


_TRADES = (
    ("Garments", "制衣厂", "C18", 0.62, ("piece_work", "dormitory", "canteen")),
    ("Footwear", "鞋业厂", "C19", 0.5, ("piece_work", "hazardous_substances", "dormitory", "canteen")),
    ("Furniture", "家具厂", "C21", 0.55, ("hazardous_substances", "piece_work")),
    ("Printing", "印刷厂", "C23", 0.72, ("hazardous_substances", "night_work")),
    ("Foods", "食品厂", "C14", 0.8, ("night_work", "canteen")),
    ("Restaurant", "餐饮店", "H62", 0.6, ("canteen", "dormitory")),
    ("Hotel", "酒店", "H61", 0.76, ("night_work", "canteen", "dormitory")),
    ("Metal Goods", "金属制品厂", "C33", 0.58, ("hazardous_substances", "night_work")),
    ("Cleaning", "保洁服务部", "O82", 0.52, ("agency_workers",)),
)
_DISTRICTS = ("530102", "530103", "530111", "530112", "530114", "530181")
_WORKERS = (36, 140, 64, 22, 310, 88, 52, 175, 12, 96)


def invented() -> list[Invented]:
    """Thirty-six enterprises in nine trades and six districts."""
    found = []
    for index in range(36):
        trade, trade_zh, sector, quality, flags = _TRADES[index % 9]
        number = index + 1
        language = "both" if index % 6 == 1 else ("en" if index % 18 == 4 else "zh_Hans_CN")
        found.append(
            Invented(
                number,
                f"Example {trade} No. {number}",
                f"示例{trade_zh}（{_chinese(number)}号）",
                sector,
                _DISTRICTS[(index * 5) % 6],
                _WORKERS[(index * 3) % 10],
                quality + ((index * 7) % 10 - 4.5) / 22,
                flags,
                language,
            )
        )
    return found


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number <= 10:
        return _DIGITS[number]
    return (_DIGITS[tens] if tens > 1 else "") + "十" + (_DIGITS[ones] if ones else "")
