"""What can be wrong with a checklist, each with a code, where it stands, and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from compliance.shared.words import N_


@dataclass(frozen=True, order=True)
class Place:
    """Where a value stands: a file and a line of it, or a sheet, its row and the heading of the column."""

    file: str
    line: int = 0
    column: str = ""

    def __str__(self) -> str:
        if self.column:
            return f"{self.file}!{self.line} [{self.column}]"
        return f"{self.file}:{self.line}" if self.line else self.file


CATALOGUE: dict[str, tuple[str, str]] = {
    # C0xx: the file cannot be read
    "C001": (N_("The file is not UTF-8 text."), N_("Save it again with the encoding UTF-8.")),
    "C002": (
        N_("The file has %(size)s bytes; %(limit)s are allowed."),
        N_("Split it: an area may lie in several files."),
    ),
    "C003": (
        N_("This is not YAML: %(detail)s."),
        N_("Compare the indentation, the quotes and the colons with the lines around it."),
    ),
    "C004": (N_("A tab stands where spaces must be."), N_("Indent with spaces, two for each level.")),
    "C005": (
        N_("Anchors and aliases (& and *) are not allowed."),
        N_("Write the text out at each place, so that each place can be changed alone."),
    ),
    "C006": (N_("Lists and groups are nested too deeply."), N_("Compare with the grammar in README.md.")),
    "C007": (
        N_("The file is empty, or its top level is not a group of keys."),
        N_("Begin with keys such as “area:” and “items:”."),
    ),
    "C008": (
        N_("Nothing says what this file is."),
        N_("Its top level needs one of these keys: %(options)s."),
    ),
    "C009": (N_("There is no checklist file here."), N_("Name a folder that holds *.yaml files.")),
    "C010": (N_("The key “%(key)s” stands here twice."), N_("Keep one of them; only one would count.")),
    "C011": (
        N_("There is no sheet “%(key)s”."),
        N_("Start from the spreadsheet that the version page offers."),
    ),
    "C012": (
        N_("The file cannot be read as a spreadsheet."),
        N_("Save it as .xlsx (Excel workbook) and send it again."),
    ),
    # C1xx: a value has the wrong shape
    "C101": (N_("“%(key)s” is not a key that can stand here."), N_("Possible here: %(options)s.")),
    "C102": (N_("“%(key)s” is missing or empty."), N_("Add “%(key)s”.")),
    "C103": (N_("“%(key)s” must be %(wanted)s."), N_("Compare with the grammar in README.md.")),
    "C104": (
        N_("“%(key)s” has no text in %(language)s."),
        N_("Every text needs both languages: {en: ..., zh: ...}."),
    ),
    "C105": (N_("The text has %(size)s characters; %(limit)s are allowed."), N_("Shorten it.")),
    "C106": (
        N_("The Chinese text of “%(key)s” holds no Chinese character."),
        N_("Translate it; the English text seems to have been copied."),
    ),
    "C107": (N_("“%(value)s” is not a number."), N_("Write digits only, with a point for decimals.")),
    "C108": (
        N_("“%(key)s” is %(value)s; it must lie between %(minimum)s and %(maximum)s."),
        N_("Correct the number."),
    ),
    "C109": (N_("“%(value)s” is neither true nor false."), N_("Write true or false.")),
    "C110": (
        N_("“%(value)s” is not a date that exists."),
        N_("Write dates as year-month-day, for example 2026-01-31."),
    ),
    "C111": (N_("“%(value)s” is not a possible value of “%(key)s”."), N_("Possible: %(options)s.")),
    "C112": (
        N_("“%(value)s” cannot be used as “%(key)s”."),
        N_("It must look like this: %(example)s."),
    ),
    "C113": (
        N_("A comma cuts this text off before “%(rest)s”."),
        N_("Put the text in quotes: inside { } a comma ends it."),
    ),
    # C2xx: something twice, or not there at all
    "C201": (N_("The item %(value)s exists already (%(first)s)."), N_("Give each item an id of its own.")),
    "C202": (N_("The fact “%(value)s” exists already (%(first)s)."), N_("Give each fact an id of its own.")),
    "C203": (N_("The clause %(value)s exists already (%(first)s)."), N_("Number the clauses anew.")),
    "C204": (N_("The law entry %(value)s exists already (%(first)s)."), N_("Keep one of them.")),
    "C205": (N_("“%(value)s” stands here twice."), N_("Keep one of them.")),
    "C206": (N_("There is no %(part)s."), N_("Add the file; README.md shows what is in it.")),
    "C207": (N_("The %(part)s exists already (%(first)s)."), N_("Keep one of the two.")),
    "C208": (
        N_("The area %(area)s has no item."),
        N_("Add at least one item, or the area cannot be scored."),
    ),
    # C3xx: parts that do not fit together
    "C301": (
        N_("No law entry “%(value)s” exists."),
        N_("Add the article to the laws with its source, or correct the key."),
    ),
    "C302": (
        N_("The code of conduct has no clause %(value)s."),
        N_("Add the clause, or correct the number."),
    ),
    "C303": (N_("There is no item %(value)s to open this one."), N_("Name an item that exists.")),
    "C304": (
        N_("The items open each other in a circle: %(chain)s."),
        N_("Take one “only_if” out; in a circle none of them would ever be asked."),
    ),
    "C305": (
        N_("The rule “%(rule)s” has no parameter “%(value)s”."),
        N_("Its parameters are: %(options)s."),
    ),
    "C306": (
        N_("The rule “%(rule)s” lacks the parameter “%(key)s”."),
        N_("Its parameters are: %(options)s."),
    ),
    "C307": (
        N_("The rule speaks of the number “%(value)s”, which this item does not ask for."),
        N_("Numbers of this item: %(options)s."),
    ),
    "C308": (
        N_("The article ends (%(end)s) before it begins (%(begin)s)."),
        N_("Correct valid_from or valid_to."),
    ),
    "C309": (N_("The bands do not fall from high to low, ending at 0."), N_("Sort them by their floor.")),
    "C310": (N_("No band “%(value)s” exists."), N_("Bands: %(options)s.")),
    "C311": (
        N_("The smallest number %(minimum)s is above the largest %(maximum)s."),
        N_("Exchange or correct them."),
    ),
    "C312": (
        N_("The limit %(value)s lies outside the range of “%(key)s”."),
        N_("Correct the limit or the range."),
    ),
    "C313": (
        N_("The weights do not fall from critical over major to minor, or one is not above 0."),
        N_("A heavier severity must weigh at least as much as a lighter one."),
    ),
    "C314": (
        N_("Better answers must not earn less: %(detail)s."),
        N_("Credits fall from compliant over partial to non_compliant and unable_to_verify."),
    ),
    "C315": (
        N_("The two languages have a different number of lines (%(en)s and %(zh)s)."),
        N_("Write one line for each entry, in the same order in both languages."),
    ),
    "C316": (N_("No item “%(value)s” exists."), N_("Correct the id of the item.")),
    "C317": (N_("The column “%(key)s” is missing."), N_("Give it back its heading in row 1.")),
    "C318": (
        N_("The code of conduct has changed, but still calls itself version %(value)s."),
        N_("Give it a new version: members sign a version, and must know which."),
    ),
    "C319": (
        N_("A step sends %(value)s, but “letters” says nothing of it."),
        N_("Say under “letters” who approves and who signs it."),
    ),
    "C320": (
        N_("The step “%(higher)s” does not rise above “%(lower)s”."),
        N_("Reminders rise from L5 over L6 to L7; steps of one kind each come later, counted from the same day."),
    ),
    "C321": (
        N_("The weights from %(value)s do not begin after those before them (%(first)s)."),
        N_("Put the sets of weights in the order of their days, each with a day of its own."),
    ),
    "C322": (
        N_("The steps do not rise from low to high."),
        N_("Sort them by “at_least”, each number once."),
    ),
    "C323": (
        N_("No question of the interviews is for “%(value)s”."),
        N_("Name it under “settings” of some questions."),
    ),
    "C324": (
        N_("The question “%(value)s” is about pay and would be asked in a group."),
        N_("Ask it alone only: what people earn is nobody else's business."),
    ),
    "C325": (
        N_("The answers of “%(value)s” do not tell a shortfall from what is as it should be."),
        N_("At least one answer needs “shortfall: true”, and one must be without it."),
    ),
}
"""Code -> (fault, remedy), English message ids with %(name)s places."""

DID_YOU_MEAN = N_("Did you mean “%(meant)s”?")


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong. `item` is the id of the item it stands in, or empty."""

    code: str
    place: Place
    item: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    meant: str = ""

    @property
    def fault(self) -> str:
        """What is wrong, in English."""
        return CATALOGUE[self.code][0] % self.facts

    @property
    def remedy(self) -> str:
        """What to do about it, in English, with the nearest thing that exists."""
        remedy = CATALOGUE[self.code][1] % self.facts
        return f"{remedy} {DID_YOU_MEAN % {'meant': self.meant}}" if self.meant else remedy

    def __str__(self) -> str:
        about = f" {self.item}:" if self.item else ""
        return f"{self.code} {self.place}:{about} {self.fault} {self.remedy}"


def nearest(value: str, options: Iterable[str]) -> str:
    """The option that was probably meant, or an empty string. Case does not count."""
    by_folded = {option.casefold(): option for option in options}
    found = get_close_matches(value.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""
