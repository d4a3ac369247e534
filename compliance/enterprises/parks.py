"""Industrial parks: neighbours that warn each other. A park is matched by its name, however it was written. Pure."""

import re
import unicodedata

_WORDS = re.compile(
    r"(industrial park|industrial zone|industry park|science park|logistics park|development zone|park|zone"
    r"|工业园区|产业园区|工业园|产业园|科技园|物流园|创业园|经济技术开发区|高新技术开发区|开发区|园区)"
)
_IN_ADDRESS = re.compile(
    r"(?:.*[省市州区县镇乡])?"
    r"([^省市州县镇乡、,，;；\s\d]{1,20}?(?:工业园区|产业园区|工业园|产业园|科技园|物流园|创业园|经济技术开发区|高新技术开发区|开发区))"
)


def park_key(name: str) -> str:
    """The name of a park as it is compared: width, case, punctuation and the words for "park" do not matter."""
    folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    bare = re.sub(r"[\W_]+", "", _WORDS.sub("", folded))
    return bare or re.sub(r"[\W_]+", "", folded)


def park_in(address: str) -> str:
    """The park that an address names (``昆明市呈贡区七甸产业园A3`` gives ``七甸产业园``), or nothing."""
    found = _IN_ADDRESS.match(unicodedata.normalize("NFKC", address))
    return found[1] if found else ""


def neighbours_key(park: str, address: str) -> str:
    """What workplaces of one park have in common: the park that was entered, else the one the address names."""
    return park_key(park or park_in(address))
