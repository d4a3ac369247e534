"""What the demo's office has beside its visits: who signs, a branch, and words that went to and fro about an action."""

from datetime import date, datetime, time, timedelta

from compliance.associations import store_signatories as signatories
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_comments as comments
from compliance.demo.story import ZONE, Cast
from compliance.letters.rules import CORRECTION
from compliance.people import store_branches
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.database import session

HEADQUARTERS, BRANCH = 0, 9
"""Places among the invented enterprises: both make garments."""

# (name, title, office, kinds of letters): what climbs higher is signed by who holds the office that the ladder names.
_SIGN = (
    (
        "示例秘书长",
        "Secretary-General",
        "秘书长",
        "secretary_general",
        ("L1", "L2", "L3", "L4", "L5", "L6", CORRECTION),
    ),
    ("示例会长", "Chair", "会长", "chair", ("L7", "L8", "L9")),
)  # fmt: skip
_SAID = (
    (False, "配电箱的新门锁下周才到货，先挂警示牌并派人值守，可以吗？"),
    (True, "可以，请把值守记录一并拍照上传；到货后当天换上。"),
    (False, "好的，值守记录已经做好，明天上传。"),
)


def sign(system: Actor, since: date) -> None:
    """Enter who signs the letters."""
    for name, title_en, title_zh, office, kinds in _SIGN:
        values = {
            "name": name, "title_en": title_en, "title_zh": title_zh, "office": office, "kinds": list(kinds),
            "valid_from": since, "valid_to": None, "away_from": None, "away_to": None,
        }  # fmt: skip
        signatories.save(system, None, values, None)


def link(cast: Cast) -> None:
    """One enterprise is a branch of another, which answers for it."""
    branch, head = (cast.enterprises[place][1] for place in (BRANCH, HEADQUARTERS))
    store_branches.link(cast.system, branch, head, may_answer=True)


def talk(cast: Cast, today: date) -> None:
    """The manager asks about an action that is under way, and the reviewer answers."""
    manager = cast.actor("manager")
    open_ones = [row for row in actions.listed(manager) if row.state.value == "planned" and row.due_on is not None]
    if not open_ones:
        return
    asked = min(open_ones, key=lambda row: (row.due_on, row.item))
    for days, (by_us, text) in zip((3, 2, 1), _SAID, strict=True):
        with clock.at(datetime.combine(today - timedelta(days=days), time(10), ZONE)):
            comments.say(cast.actor("reviewer") if by_us else manager, asked.id, text)
            session().commit()
