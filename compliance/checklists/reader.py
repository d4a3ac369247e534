"""Turns words of the tree into values, and complains instead of stopping: one run finds everything."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from compliance.checklists.complaints import Complaint, Place, nearest
from compliance.checklists.source import Group, Many, Tree, Word
from compliance.shared.words import Text, clean

TEXT_LIMIT = 4000
"""Characters of one text."""

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
_TRUTH = {
    "true": True,
    "yes": True,
    "on": True,
    "是": True,
    "false": False,
    "no": False,
    "off": False,
    "否": False,
}
_LANGUAGE_NAMES = {"en": "English", "zh": "中文"}


class Reader:
    """Collects complaints; `item` is the item being read."""

    def __init__(self) -> None:
        self.complaints: list[Complaint] = []
        self.item = ""

    def complain(self, code: str, place: Place, *, meant: str = "", **facts: object) -> None:
        """Note what is wrong at a place."""
        self.complaints.append(Complaint(code, place, self.item, facts, meant))

    # -- groups and lists

    def keys(self, group: Group, required: Collection[str], optional: Collection[str] = ()) -> None:
        """Complain about keys that are not known here and about required ones that are missing."""
        allowed = [*required, *optional]
        for key in group.values:
            if key not in allowed:
                self.complain(
                    "C101",
                    group.at(key),
                    meant=nearest(key, allowed),
                    key=key,
                    options=", ".join(allowed),
                )
        for key in required:
            if key not in group.values:
                self.complain("C102", group.place, key=key)

    def group(self, parent: Group, key: str) -> Group | None:
        """The group below a key; None, with a complaint if something else stands there."""
        return self.as_group(parent.values.get(key), key, parent.at(key))

    def as_group(self, tree: Tree | None, key: str, place: Place) -> Group | None:
        """The tree as a group; None, with a complaint if it is something else than nothing."""
        if isinstance(tree, Group):
            return tree
        if not _nothing(tree):
            self.complain("C103", place, key=key, wanted="key: value")
        return None

    def many(self, parent: Group, key: str) -> tuple[Tree, ...]:
        """The entries of the list below a key; empty, with a complaint if something else stands there."""
        tree = parent.values.get(key)
        if isinstance(tree, Many):
            return tuple(tree.entries)
        if not _nothing(tree):
            self.complain("C103", parent.at(key), key=key, wanted="- ..., - ...")
        return ()

    def groups(self, parent: Group, key: str) -> Iterator[Group]:
        """The groups in the list below a key."""
        for entry in self.many(parent, key):
            group = self.as_group(entry, key, entry.place)
            if group is not None:
                yield group
            elif _nothing(entry):
                self.complain("C102", entry.place, key=key)

    # -- single values

    def word(self, parent: Group, key: str, *, required: bool = True) -> str:
        """The cleaned word below a key; empty if there is none (with a complaint where it is required)."""
        tree = parent.values.get(key)
        if tree is None:
            return ""
        value = self.as_word(tree, key)
        if required and not value and isinstance(tree, Word):
            self.complain("C102", parent.at(key), key=key)
        return value

    def as_word(self, tree: Tree, key: str) -> str:
        """The tree as one cleaned word."""
        if not isinstance(tree, Word):
            self.complain("C103", tree.place, key=key, wanted="text")
            return ""
        value = clean(tree.raw)
        if len(value) > TEXT_LIMIT:
            self.complain("C105", tree.place, size=len(value), limit=TEXT_LIMIT)
        return value

    def words(self, parent: Group, key: str) -> tuple[str, ...]:
        """The words of the list below a key, each once."""
        found: list[str] = []
        for entry in self.many(parent, key):
            word = self.as_word(entry, key)
            if word in found:
                self.complain("C205", entry.place, value=word)
            elif word:
                found.append(word)
        return tuple(found)

    def text(self, parent: Group, key: str, *, han: bool = True) -> Text:
        """The bilingual text below a key. `han`: its Chinese must hold a Chinese character."""
        tree = parent.values.get(key)
        return Text("", "") if tree is None else self.as_text(tree, key, parent.at(key), han=han)

    def as_text(self, tree: Tree, key: str, place: Place, *, han: bool = True) -> Text:
        """The tree as a bilingual text."""
        if not isinstance(tree, Group):
            self.complain("C103", place, key=key, wanted="{en: ..., zh: ...}")
            return Text("", "")
        cut = [name for name, rest in tree.values.items() if name not in ("en", "zh") and _nothing(rest)]
        if cut:
            # {en: Dust, noise, zh: ...} reads as three keys; "noise is not a key" would help nobody.
            self.complain("C113", tree.at(cut[0]), rest=cut[0][:80])
        else:
            self.keys(tree, (), ("en", "zh"))
        words = {}
        for language, name in _LANGUAGE_NAMES.items():
            words[language] = self.word(tree, language, required=False)
            if not words[language] and not isinstance(tree.values.get(language), Many | Group):
                self.complain("C104", tree.at(language), key=key, language=name)
        if han and words["zh"] and not _HAN.search(words["zh"]):
            self.complain("C106", tree.at("zh"), key=key)
        return Text(words["en"], words["zh"])

    def texts(self, parent: Group, key: str) -> tuple[Text, ...]:
        """The bilingual texts of the list below a key."""
        return tuple(self.as_text(entry, key, entry.place) for entry in self.many(parent, key))

    def truth(self, parent: Group, key: str, default: bool = False) -> bool:
        """True or false below a key."""
        tree = parent.values.get(key)
        return default if _nothing(tree) or tree is None else self.as_truth(tree, key)

    def as_truth(self, tree: Tree, key: str) -> bool:
        """The tree as true or false."""
        word = self.as_word(tree, key)
        if isinstance(tree, Word) and word.casefold() not in _TRUTH:
            self.complain("C109", tree.place, value=word)
        return _TRUTH.get(word.casefold(), False)

    def number(self, parent: Group, key: str, minimum: str, maximum: str, default: str | None = None) -> Decimal | None:
        """The number below a key, within the range (both ends included); None without one."""
        tree = parent.values.get(key)
        if tree is None or _nothing(tree):
            return None if default is None else Decimal(default)
        return self.as_number(tree, key, minimum, maximum)

    def as_number(self, tree: Tree, key: str, minimum: str, maximum: str) -> Decimal | None:
        """The tree as a number within the range."""
        word = self.as_word(tree, key)
        try:
            value = Decimal(word)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or "_" in word:
            if isinstance(tree, Word):
                self.complain("C107", tree.place, value=word)
            return None
        if not Decimal(minimum) <= value <= Decimal(maximum):
            self.complain("C108", tree.place, key=key, value=word, minimum=minimum, maximum=maximum)
            return None
        return value

    def whole(self, parent: Group, key: str, minimum: int, maximum: int) -> int | None:
        """The whole number below a key; None without one."""
        tree = parent.values.get(key)
        return None if tree is None or _nothing(tree) else self.as_whole(tree, key, minimum, maximum)

    def as_whole(self, tree: Tree, key: str, minimum: int, maximum: int) -> int | None:
        """The tree as a whole number within the range."""
        value = self.as_number(tree, key, str(minimum), str(maximum))
        if value is not None and value != int(value):
            self.complain("C107", tree.place, value=self.as_word(tree, key))
            return None
        return None if value is None else int(value)

    def day(self, parent: Group, key: str) -> date | None:
        """The date below a key; None without one."""
        tree = parent.values.get(key)
        if tree is None or _nothing(tree):
            return None
        word = self.as_word(tree, key)
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
                raise ValueError(word)
            return date.fromisoformat(word)
        except ValueError:
            if isinstance(tree, Word):
                self.complain("C110", tree.place, value=word)
            return None

    def choice(self, parent: Group, key: str, options: Collection[str]) -> str:
        """One of the options below a key; empty without one."""
        tree = parent.values.get(key)
        return "" if tree is None or _nothing(tree) else self.as_choice(tree, key, options)

    def as_choice(self, tree: Tree, key: str, options: Collection[str]) -> str:
        """The tree as one of the options."""
        word = self.as_word(tree, key)
        if word and word not in options:
            self.complain(
                "C111",
                tree.place,
                meant=nearest(word, options),
                key=key,
                value=word,
                options=", ".join(options),
            )
            return ""
        return word

    def shaped(self, parent: Group, key: str, pattern: re.Pattern[str], example: str) -> str:
        """The word below a key, if it has the shape of an id; empty otherwise."""
        word = self.word(parent, key)
        if word and not pattern.fullmatch(word):
            self.complain("C112", parent.at(key), key=key, value=word[:80], example=example)
            return ""
        return word


def _nothing(tree: Tree | None) -> bool:
    return tree is None or (isinstance(tree, Word) and not tree.raw.strip())


def once(reader: Reader, code: str, seen: dict[str, Place], value: str, place: Place) -> bool:
    """True the first time a value comes; after that complains with the place of the first one."""
    if value in seen:
        reader.complain(code, place, value=value, first=seen[value])
        return False
    seen[value] = place
    return True
