"""Languages that inspectors speak and workers are asked in: ISO 639-3 codes with their words.

Those of Yunnan and its neighbours stand here, and the ones that migrant workers bring; a further one is a line.
"""

from collections.abc import Iterable

from compliance.shared.words import Text

MANDARIN = "cmn"
TONGUES: dict[str, Text] = {
    MANDARIN: Text("Mandarin", "普通话"),
    "eng": Text("English", "英语"),
    "bca": Text("Bai", "白语"),
    "yue": Text("Cantonese", "粤语"),
    "csl": Text("Chinese sign language", "中国手语"),
    "tdd": Text("Dai", "傣语"),
    "hni": Text("Hani", "哈尼语"),
    "kac": Text("Jingpo", "景颇语"),
    "lhu": Text("Lahu", "拉祜语"),
    "lis": Text("Lisu", "傈僳语"),
    "hmn": Text("Miao", "苗语"),
    "mon": Text("Mongolian", "蒙古语"),
    "nxq": Text("Naxi", "纳西语"),
    "bod": Text("Tibetan", "藏语"),
    "uig": Text("Uyghur", "维吾尔语"),
    "prk": Text("Wa", "佤语"),
    "ium": Text("Yao", "瑶语"),
    "iii": Text("Yi", "彝语"),
    "zha": Text("Zhuang", "壮语"),
    "mya": Text("Burmese", "缅甸语"),
    "khm": Text("Khmer", "高棉语"),
    "kor": Text("Korean", "朝鲜语"),
    "lao": Text("Lao", "老挝语"),
    "vie": Text("Vietnamese", "越南语"),
}


def known(codes: Iterable[str]) -> list[str]:
    """Those of the codes that stand in the list, each once, in its order."""
    given = set(codes)
    return [code for code in TONGUES if code in given]


def in_words(codes: Iterable[str], language: str) -> list[str]:
    """The words of languages, in the order of the list."""
    return [TONGUES[code].in_(language) for code in known(codes)]
