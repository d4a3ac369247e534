"""Tables of the handbook made from the product's own data: permits, letters, complaints, the shipped policy."""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache

import yaml

from compliance.checklists import parse, store
from compliance.checklists.complaints import CATALOGUE
from compliance.checklists.ladder import After
from compliance.checklists.names import AFTER, STEPS
from compliance.checklists.rules import Checklist, Policy
from compliance.handbook.meanings import LETTERS, VERBS
from compliance.letters.rules import KINDS
from compliance.people.rules import PERMITS, ROLE_NAMES, Role
from compliance.privacy import register
from compliance.privacy.rules import END_WORDS, STEP_WORDS
from compliance.shared import job_words, places
from compliance.shared.translation import gettext
from compliance.shared.words import Text

SEVERITIES = {
    "zero_tolerance": Text("Zero tolerance", "零容忍"),
    "critical": Text("Critical", "严重"),
    "major": Text("Major", "较大"),
    "minor": Text("Minor", "一般"),
}
_VERIFICATION = {
    "on_site": Text("on site, without notice", "现场核实，不预先通知"),
    "desk": Text("at the desk from evidence, some on site", "书面核实，部分抽取现场核实"),
    "desk_or_next_visit": Text("at the desk or at the next visit", "书面核实或下次走访时核实"),
}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a stroke in a cell is masked."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def permits(language: str) -> str:
    """The one page of permits."""
    heads = [Text("What it allows", "允许做什么").in_(language), *(gettext(ROLE_NAMES[role]) for role in Role)]
    return table(
        heads,
        (
            [
                f"{VERBS[verb].in_(language)} `{verb}`" if verb in VERBS else f"`{verb}`",
                *("●" if r in roles else "" for r in Role),
            ]
            for verb, roles in sorted(PERMITS.items())
        ),
    )


def letters(language: str) -> str:
    """The kinds of letters that the press knows, with their Chinese and English names."""
    terms = checklist().ladder.letters
    words = yaml.safe_load((places.templates_dir() / "letters" / "words.yaml").read_text(encoding="utf-8"))["kinds"]
    within = Text("within {} days of the visit", "走访后{}日内")
    days = {kind: one.within_days for kind, one in terms.items() if one.after is After.visit}
    rows = (
        [
            f"`{kind}`",
            f"{words[kind]['en']} {words[kind]['zh']}",
            LETTERS[kind].in_(language) if kind in LETTERS else "",
            within.in_(language).format(days[kind]) if kind in days else "–",
        ]
        for kind in KINDS
    )
    heads = [Text(*t).in_(language) for t in (("Kind", "种类"), ("Name", "名称"), ("When", "何时"), ("Sent", "发出"))]
    return table(heads, rows)


def complaints(language: str) -> str:
    """Every code with which the check of checklists complains."""
    heads = [Text(*t).in_(language) for t in (("Code", "代码"), ("What is wrong", "问题"), ("What to do", "处理办法"))]
    return table(
        heads, ([f"`{code}`", _shown(fault), _shown(remedy)] for code, (fault, remedy) in sorted(CATALOGUE.items()))
    )


def bands(language: str) -> str:
    """The bands of the shipped policy."""
    heads = [Text("Band", "评价").in_(language), Text("From", "起点分").in_(language)]
    return table(heads, ([band.label.in_(language), str(band.floor)] for band in policy().bands))


def scoring(language: str) -> str:
    """What an answer earns and what an item weighs, from the shipped policy."""
    shipped = policy()
    answers = {
        "compliant": Text("compliant", "符合"),
        "partial": Text("partly", "部分符合"),
        "non_compliant": Text("not compliant", "不符合"),
        "unable_to_verify": Text("unable to verify", "无法核实"),
    }
    heads = [Text(*t).in_(language) for t in (("Figure", "项目"), ("Value", "数值"))]
    weigh = Text("Weight of an item: {}", "检查项权重：{}").in_(language)
    earn = Text("Credit: {}", "得分比例：{}").in_(language)
    rows = [[weigh.format(SEVERITIES[s].in_(language)), str(w)] for s, w in shipped.weights.items()]
    rows += [[earn.format(answers[v].in_(language)), str(c)] for v, c in shipped.credits.items() if v in answers]
    rows += [[title.in_(language), value] for title, value in _limits(shipped)]
    return table(heads, rows)


def _limits(shipped: Policy) -> list[tuple[Text, str]]:
    return [
        (
            Text("Coverage below which there is no band", "不作评价的查看覆盖率下限"),
            _percent(shipped.coverage_minimum),
        ),
        (Text("Months within which a finding is a repeat", "视为重复出现的期限（月）"), str(shipped.repeat_months)),
        (Text("Working days for the enterprise's reply", "企业反馈期限（工作日）"), str(shipped.reply_working_days)),
        (Text("Working days for deciding a dispute", "异议处理期限（工作日）"), str(shipped.decision_working_days)),
        (
            Text("Smallest count of workers that an enterprise is shown", "向企业显示的最小人数"),
            str(shipped.small_group),
        ),
        (
            Text(
                "Workers below which a finding from interviews alone stays inside",
                "仅凭访谈的问题不向企业显示的人数界限",
            ),
            str(shipped.interview_only_minimum_workers),
        ),
        (Text("Days that a named outsider has for a case", "外部人员处理一案的期限（日）"), str(shipped.outsider_days)),
        (
            Text("Share of desk closures of major findings checked on site", "较大问题书面核实后抽取现场复核的比例"),
            _percent(shipped.severities["major"].on_site_share),
        ),
    ]


def deadlines(language: str) -> str:
    """What follows from a finding, by severity, from the shipped policy."""
    heads = [
        Text(*t).in_(language)
        for t in (
            ("Severity", "严重程度"),
            ("Danger stopped within", "消除危险"),
            ("Plan due", "整改计划"),
            ("Verified", "核实方式"),
            ("More time", "延期"),
            ("Moved off rest days", "遇休息日顺延"),
            ("Second person", "须由他人核实"),
        )
    ]
    yes, no, days = Text("yes", "是"), Text("no", "否"), Text("{} days", "{}日")
    once = Text("once, up to {} days", "一次，最长{}日")

    def count(value: int | None) -> str:
        if value is None:
            return "–"
        return Text("the same day", "当日").in_(language) if value == 0 else days.in_(language).format(value)

    rows = (
        [
            SEVERITIES[kind].in_(language),
            count(one.containment_days),
            count(one.plan_days),
            _VERIFICATION[one.verification].in_(language),
            once.in_(language).format(one.extension_days) if one.extension else no.in_(language),
            (yes if one.moved_off_rest_days else no).in_(language),
            (yes if one.second_person else no).in_(language),
        ]
        for kind, one in policy().severities.items()
    )
    return table(heads, rows)


def ladder(language: str) -> str:
    """What follows while a correction is not done, by severity, from the shipped ladder."""
    heads = [Text(*t).in_(language) for t in (("Severity", "严重程度"), ("Day", "时间"), ("Step", "步骤"))]
    rows = (
        [
            SEVERITIES[severity].in_(language),
            gettext(AFTER[step.after], days=f"{step.days:+d}"),
            gettext(STEPS[step.kind]),
        ]
        for severity, rungs in checklist().ladder.severities.items()
        for step in rungs.steps
    )
    return table(heads, rows)


def policy() -> Policy:
    """The policy that the product ships."""
    return checklist().policy


@cache
def checklist() -> Checklist:
    """The checklist that the product ships."""
    return parse.parse(store.read_folder(places.checklists_dir()))


def _shown(msgid: str) -> str:
    """A text with its places shown as an ellipsis."""
    return re.sub(r"%\(\w+\)[sd]", "…", str(gettext(msgid)))


def _percent(share: Decimal) -> str:
    return f"{round(share * 100)} %"


def personal_data(language: str) -> str:
    """The kinds of personal data: what for, on what ground, who reads it, where, how long, and then."""
    titles = (
        ("Kind", "种类"),
        ("For what", "目的"),
        ("Ground", "依据"),
        ("Read by", "可见人"),
        ("Rests in", "存放处"),
        ("How long", "期限"),
        ("Then", "期满后"),
    )
    after = Text("{} days after {}. ", "{}后{}日。")
    known = register.read()
    rows = []
    for kind in known.kinds.values():
        since = kind.since.in_(language)
        order = (since, kind.days) if language.startswith("zh") else (kind.days, since)
        long = after.in_(language).format(*order) if kind.days else ""
        texts = (kind.name, kind.purpose, kind.ground, kind.readers, kind.place)
        rows.append(
            [*(text.in_(language) for text in texts), long + kind.why.in_(language), gettext(END_WORDS[kind.end])]
        )
    for one in known.elsewhere:
        rows.append([one.name.in_(language), one.what.in_(language), "–", "–", "–", one.period.in_(language), "–"])
    return table([Text(*title).in_(language) for title in titles], rows)


def breach_steps(language: str) -> str:
    """What is done after a breach, and until when."""
    hours = register.policy().breach_hours
    heads = [Text("Step", "步骤").in_(language), Text("Hours from its discovery", "自发现起小时数").in_(language)]
    return table(heads, ([gettext(words), str(hours[step])] for step, words in STEP_WORDS.items()))


def background(language: str) -> str:
    """What is done in the background: tasks that are asked for, and what is looked at every minute."""
    heads = [Text("Background task", "后台任务").in_(language), Text("When", "何时").in_(language)]
    asked, looked = Text("when it is asked for", "有人提出时"), Text("looked at every minute", "每分钟检查")
    rows = [[words.in_(language), asked.in_(language)] for words in job_words.KINDS.values()]
    return table(heads, [*rows, *([words.in_(language), looked.in_(language)] for words in job_words.ROUNDS.values())])


GENERATED: dict[str, Callable[[str], str]] = {
    "(the table of permits)": permits,
    "(the table of letters)": letters,
    "(the table of complaints)": complaints,
    "(the table of bands)": bands,
    "(the table of scoring)": scoring,
    "(the table of deadlines)": deadlines,
    "(the table of the ladder)": ladder,
    "(the table of personal data)": personal_data,
    "(the table of steps after a breach)": breach_steps,
    "(the table of background tasks)": background,
}
"""Sign in a page -> what makes its table in a language. `web` adds the tables of settings and commands."""
