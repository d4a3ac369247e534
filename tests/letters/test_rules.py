"""Which letter is written, what it says, and what it never says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists.names import CAPS
from compliance.letters import press, rules
from compliance.shared.problems import Problem
from compliance.shared.words import Text
from tests.letters import expected, samples

ALL = [(kind, language) for kind in expected.NAMES for language in rules.LANGUAGES]


@dataclass(frozen=True)
class Found:
    severity: str
    zero_tolerance: bool = False
    sealed: bool = False


@pytest.mark.parametrize(
    ("findings", "fitting"),
    [
        ([], "L1"),
        ([Found("minor")], "L2"),
        ([Found("major"), Found("minor")], "L2"),
        ([Found("major"), Found("critical")], "L3"),
        ([Found("minor", zero_tolerance=True)], "L3"),
        ([Found("critical", zero_tolerance=True, sealed=True)], "L1"),
        ([Found("critical", sealed=True), Found("minor")], "L2"),
    ],
)
def test_the_kind_follows_what_may_be_told(findings: list[Found], fitting: str) -> None:
    assert rules.kind_for(findings) == fitting


@pytest.mark.parametrize(
    ("mark", "running", "number"), [("示协", 12, "示协函〔2026〕12号"), ("示协函", 1, "示协函〔2026〕1号")]
)
def test_a_number_follows_the_custom_of_a_letter_between_equals(mark: str, running: int, number: str) -> None:
    assert rules.number(mark, 2026, running) == number


@pytest.mark.parametrize(("mark", "running"), [("", 1), ("示协", 0)])
def test_a_number_needs_a_mark_and_a_running_number(mark: str, running: int) -> None:
    with pytest.raises(ValueError, match="letter number"):
        rules.number(mark, 2026, running)


@pytest.mark.parametrize(("letter_kind", "language"), ALL)
def test_a_letter_reads_as_expected(letter_kind: str, language: str) -> None:
    text = expected.plain(expected.made(letter_kind, language))
    assert text == (expected.FOLDER / f"{letter_kind}.{language}.txt").read_text("utf-8")


@pytest.mark.parametrize(("letter_kind", "language"), ALL)
def test_no_letter_speaks_like_an_authority(letter_kind: str, language: str) -> None:
    text = expected.plain(expected.made(letter_kind, language))
    assert rules.official_words(text) == ()
    for word in ("责令", "处罚", "指令书", "限期改正"):
        assert word not in text


@pytest.mark.parametrize(("letter_kind", "language"), ALL)
def test_every_letter_says_that_it_is_no_order(letter_kind: str, language: str) -> None:
    text = expected.plain(expected.made(letter_kind, language))
    if language != "en":
        assert "不属于行政命令" in text
    if language != "zh_Hans_CN":
        assert "neither an administrative order nor a penalty" in text


def test_the_fixed_words_carry_no_word_of_an_authority(words: Mapping[str, Any]) -> None:
    source = (press.folder() / press.WORDS).read_text("utf-8")
    spoken = "\n".join(line for line in source.splitlines() if not line.startswith("#"))
    assert rules.official_words(spoken) == ()


def test_every_fixed_word_exists_in_both_languages(words: Mapping[str, Any]) -> None:
    for section, entries in words.items():
        if isinstance(entries, dict):
            for key, entry in entries.items():
                assert {"en", "zh"} == set(entry), f"{section}.{key}"
                assert entry["en"] or entry["zh"], f"{section}.{key}"


def test_sections_of_an_improvement_letter_stand_in_their_order() -> None:
    letter = expected.made("L2", "en")
    names = [section["name"] for section in letter["sections"]]
    assert names == ["basis", "thanks", "card", "findings", "plan", "check", "reply", "workers", "support"]


def test_an_urgent_letter_names_the_danger_first_and_the_rest_apart() -> None:
    letter = expected.made("L3", "en")
    names = [section["name"] for section in letter["sections"]]
    assert names[:3] == ["basis", "urgent", "others"]
    text = expected.plain(letter)
    assert "bring it under control today" in text
    assert "by 18:00 on 21 November 2026" in text
    assert "may inform the competent authority" in text


def test_only_confirmed_law_in_force_on_the_day_of_the_visit_is_printed(words: Mapping[str, Any]) -> None:
    law = samples.LABOUR_LAW
    citations = (
        samples.article(law, 1, "一"),
        samples.article(law, 2, "二", confirmed=False),
        samples.article(law, 3, "三", valid_to=date(2026, 11, 16)),
        samples.article(law, 4, "四", valid_from=date(2026, 11, 18)),
        samples.article(law, 5, "五", valid_from=date(2026, 11, 17), valid_to=date(2026, 11, 17)),
    )
    facts = replace(samples.FACTS, findings=(replace(samples.FINDINGS[0], citations=citations),))
    text = expected.plain(rules.compose("L2", facts, "zh_Hans_CN", words).as_json())
    assert "《中华人民共和国劳动法》第一条、第五条" in text
    assert not any(f"第{number}条" in text for number in "二三四")
    assert [citation.article.en for _, citation in rules.withheld(facts)] == ["art. 2", "art. 3", "art. 4"]


def test_no_time_of_day_of_the_visit_is_a_fact() -> None:
    assert rules.Facts.__dataclass_fields__["visited_on"].type is date


def test_a_finding_without_a_count_prints_none(words: Mapping[str, Any]) -> None:
    facts = replace(samples.FACTS, findings=(replace(samples.FINDINGS[0], workers=None),))
    assert "Workers affected" not in expected.plain(rules.compose("L2", facts, "en", words).as_json())


def test_a_reply_stands_beside_its_finding(words: Mapping[str, Any]) -> None:
    reply = rules.Reply("dispute", "加班明细另附。", date(2026, 12, 3))
    facts = replace(samples.FACTS, findings=(replace(samples.FINDINGS[0], reply=reply),))
    text = expected.plain(rules.compose("L2", facts, "zh_Hans_CN", words).as_json())
    assert "贵单位2026年12月3日反馈：有异议。加班明细另附。" in text


def test_a_draft_is_marked_and_leaves_the_number_open(words: Mapping[str, Any]) -> None:
    facts = replace(samples.FACTS, dated=None, reply_by=None, findings=(replace(samples.FINDINGS[0], due=None),))
    letter = rules.compose("L2", facts, "both", words)
    assert letter.draft == (("zh-Hans", "草稿"), ("en", "DRAFT"))
    assert letter.number == "示协函〔2026〕　　号"
    assert "发函时确定" in expected.plain(letter.as_json())
    assert not any("核验" in text for note in letter.notes for _, text in note)


def test_what_reads_the_same_in_both_languages_is_printed_once(words: Mapping[str, Any]) -> None:
    finding = replace(samples.FINDINGS[0], seen=samples.same("East exit 东门"))
    letter = rules.compose("L2", replace(samples.FACTS, findings=(finding,)), "both", words)
    assert expected.plain(letter.as_json()).count("East exit 东门") == 1


def test_without_good_practices_and_opening_the_section_is_left_out(words: Mapping[str, Any]) -> None:
    letter = rules.compose("L2", samples.FACTS, "en", words, passages=rules.Passages())
    assert "thanks" not in [section.name for section in letter.sections]
    assert letter.sections[1].heading == (("en", "2. Scorecard"),)


def test_a_letter_without_a_pledge_does_not_claim_one(words: Mapping[str, Any]) -> None:
    text = expected.plain(rules.compose("L2", replace(samples.FACTS, pledged_on=None), "zh_Hans_CN", words).as_json())
    assert "承诺书" not in text
    assert "根据我会章程" in text


def test_the_reason_of_a_waiver_stands_on_the_paper(words: Mapping[str, Any]) -> None:
    facts = replace(samples.FACTS, waiver="秘书处仅一人在岗")
    assert "未经第二人复核即发出，原因：秘书处仅一人在岗" in expected.plain(
        rules.compose("L2", facts, "zh_Hans_CN", words).as_json()
    )


LACKING = [
    ("L2", {"dated": None}, "dated"),
    ("L2", {"reply_by": None}, "reply-by"),
    ("L2", {"plan_by": None}, "plan-by"),
    ("L2", {"findings": ()}, "findings"),
    ("L2", {"findings": (replace(samples.FINDINGS[0], due=None),)}, "due"),
    ("L2", {"findings": (replace(samples.FINDINGS[0], action=samples.same("责令立即整改")),)}, "official-words"),
    ("L2", {"enterprise": rules.Enterprise("", "")}, "enterprise-name"),
    ("L2", {"association": replace(samples.FACTS.association, mark="")}, "association-mark"),
    ("L2", {"findings": samples.FINDINGS * 100}, "too-many"),
    ("L1", {}, "kind"),
    ("L3", {}, "urgent"),
    ("correction", {}, "changes"),
]


@pytest.mark.parametrize(("letter_kind", "changed", "code"), LACKING)
def test_what_keeps_a_letter_from_being_sent(letter_kind: str, changed: dict[str, Any], code: str) -> None:
    lacks = rules.unready(letter_kind, replace(samples.FACTS, **changed), rules.Passages())
    assert code in [lack.code for lack in lacks]


@pytest.mark.parametrize("letter_kind", rules.KINDS)
def test_the_samples_may_be_sent(letter_kind: str, words: Mapping[str, Any]) -> None:
    facts = samples.BY_KIND[letter_kind]
    assert rules.unready(letter_kind, facts, rules.usual_passages(letter_kind, facts, words)) == ()


@pytest.mark.parametrize(
    ("passages", "said"),
    [
        (rules.Passages(closing=Text("", "我会责令贵单位整改")), "结尾段落：“责令”为行政机关用语"),
        (rules.Passages(opening=Text("This is a penalty notice.", "")), "开头段落：“penalty notice”"),
        (rules.Passages(good=Text("", "好" * 10_001)), "良好做法：超过10000字"),
    ],
)
def test_a_passage_that_may_not_be_sent_is_named(passages: rules.Passages, said: str) -> None:
    with pytest.raises(Problem) as caught:
        rules.require_ready("L2", samples.FACTS, passages, "zh_Hans_CN")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("character", "place"),
    [
        ("衣", "enterprise"),
        ("链", "fixed"),
        ("缝", "fixed"),
        ("供", "finding 2, what is recommended"),
        ("堂", "good practices"),
    ],
)
def test_a_character_is_found_where_it_stands(character: str, place: str, words: Mapping[str, Any]) -> None:
    passages = rules.usual_passages("L2", samples.FACTS, words)
    assert place in rules.place_of(character, samples.FACTS, passages).en


@pytest.mark.parametrize("letter_kind", rules.KINDS)
def test_facts_come_back_from_storage_unchanged(letter_kind: str) -> None:
    facts = samples.BY_KIND[letter_kind]
    assert rules.facts_from_json(rules.facts_to_json(facts)) == facts


@given(st.text(max_size=40), st.text(max_size=40))
def test_words_typed_by_people_are_never_read_as_places(seen: str, action: str) -> None:
    finding = replace(samples.FINDINGS[1], seen=samples.same(seen + "{date}"), action=samples.same(action + "{x}"))
    letter = rules.compose("L2", replace(samples.FACTS, findings=(finding,)), "both", press.words())
    assert "{date}" in expected.plain(letter.as_json())


def test_a_band_that_the_score_alone_would_not_give_is_explained(words: Mapping[str, Any]) -> None:
    limits = (rules.Limit("critical_open", Text("Needs improvement", "需改进")),)
    assert samples.FACTS.card is not None
    facts = replace(samples.FACTS, card=replace(samples.FACTS.card, limits=limits))
    for language, said in (("en", "no better than “Needs improvement”"), ("zh_Hans_CN", "总体评价不高于“需改进”")):
        assert said in expected.plain(rules.compose("L2", facts, language, words).as_json())


def test_every_cap_of_the_policy_can_be_explained(words: Mapping[str, Any]) -> None:
    assert {f"limit_{when}" for when in CAPS} <= set(words["card"])


def test_the_team_reads_well_with_names_and_without(words: Mapping[str, Any]) -> None:
    named = (
        rules.Member(Text("lead inspector", "走访组长"), "张三"),
        rules.Member(Text("inspector", "走访员"), "李四"),
    )
    for team, en, zh in (
        (
            named,
            "our team (lead inspector: 张三; inspector: 李四) visited",
            "我会走访人员（走访组长：张三；走访员：李四）于",
        ),
        ((), "our team visited", "我会走访人员于"),
    ):
        facts = replace(samples.FACTS, team=team)
        assert en in expected.plain(rules.compose("L2", facts, "en", words).as_json())
        assert zh in expected.plain(rules.compose("L2", facts, "zh_Hans_CN", words).as_json())


def late(**more: Any) -> Any:
    return replace(samples.BY_KIND["L5"].points[0], **more)


FOLLOWING_LACKING = [
    ("L4", {"points": ()}, "decisions"),
    ("L4", {"points": (late(accepted=None),)}, "decisions"),
    ("L4", {"points": (late(accepted=False, remark=rules.NOTHING),)}, "remarks"),
    ("L4", {"points": (late(accepted=False, remark=samples.same("!")),), "new_due": None}, "new-due"),
    *((kind, {"points": (late(late_days=0),)}, "late") for kind in ("L5", "L6", "L7")),
    *((kind, {"points": (late(closed_on=date(2026, 12, 22)),)}, "late") for kind in ("L5", "L6", "L7")),
    ("L5", {"new_due": None}, "new-due"),
    ("L6", {"new_due": None}, "new-due"),
    ("L6", {"new_due": date(2027, 2, 2)}, "new-due-past"),
    ("L7", {"hearing": None}, "hearing"),
    ("L7", {"hearing": rules.Hearing(date(2027, 2, 20))}, "hearing-past"),
    ("L8", {"points": (late(),)}, "closed"),
    *((kind, {"cites": None}, "cites") for kind in rules.FOLLOWING),
    *((kind, {"dated": None}, "dated") for kind in (*rules.FOLLOWING, rules.REFERRAL)),
    ("L9", {"referral": None}, "addressee"),
    ("L9", {"referral": rules.Referral(rules.NOTHING, samples.same("x"), (samples.same("x"),))}, "addressee"),
    ("L9", {"referral": rules.Referral(samples.same("x"), rules.NOTHING, (samples.same("x"),))}, "basis"),
    ("L9", {"referral": rules.Referral(samples.same("x"), samples.same("x"), ())}, "facts"),
    ("L9", {"card": samples.FACTS.card}, "too-much"),
    ("L9", {"points": (late(),)}, "too-much"),
    ("L9", {"enterprise": samples.FACTS.enterprise}, "too-much"),
    ("L5", {"next_step": samples.same("责令立即停产")}, "official-words"),
    ("L5", {"points": (late(remark=samples.same("将予处罚")),)}, "official-words"),
]


@pytest.mark.parametrize(("letter_kind", "changed", "code"), FOLLOWING_LACKING)
def test_what_keeps_a_later_letter_from_being_sent(letter_kind: str, changed: dict[str, Any], code: str) -> None:
    lacks = rules.unready(letter_kind, replace(samples.BY_KIND[letter_kind], **changed), rules.Passages())
    assert code in [lack.code for lack in lacks]
    for lack in lacks:
        assert lack.text.en
        assert lack.text.zh


@pytest.mark.parametrize("letter_kind", rules.FOLLOWING)
@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_a_later_letter_names_the_earlier_one_the_day_of_the_visit_and_its_points(
    letter_kind: str, language: str
) -> None:
    text = expected.plain(expected.made(letter_kind, language))
    assert "示协函〔2026〕12号" in text
    said = ["2026年11月17日", "2026年11月21日"] if language != "en" else ["17 November 2026", "21 November 2026"]
    for day in said:
        assert day in text
    for point in samples.BY_KIND[letter_kind].points:
        assert point.asked.in_("en" if language == "en" else "zh") in text


@pytest.mark.parametrize("letter_kind", rules.FOLLOWING)
def test_a_later_letter_lets_the_enterprise_speak_and_protects_its_workers(letter_kind: str) -> None:
    text = expected.plain(expected.made(letter_kind, "both"))
    assert "陈述意见" in text
    assert "保护员工权益" in text
    assert "No disadvantage for workers" in text


def test_a_plan_is_asked_for_anew_only_where_it_was_returned(words: Mapping[str, Any]) -> None:
    answered = expected.made("L4", "en")
    assert [row["cells"][0][0]["said"][0][1] for row in answered["annex"]["blocks"][1]["rows"]] == ["3"]
    facts = samples.BY_KIND["L4"]
    accepted = replace(facts, points=facts.points[:2], new_due=None)
    assert rules.unready("L4", accepted, rules.Passages()) == ()
    assert rules.compose("L4", accepted, "en", words).annex is None
    for kind in ("L5", "L6", "L7", "L8", "L9"):
        assert expected.made(kind, "en")["annex"] is None


def test_a_closure_of_some_points_does_not_read_like_one_of_all() -> None:
    whole, part = (expected.plain(expected.made(name, "both")) for name in ("L8", "L8-part"))
    assert "已全部完成整改" in whole
    assert "尚待完成事项" not in whole
    assert "已全部完成整改" not in part
    assert "尚待完成事项" in part
    assert "部分事项" in part


def test_a_referral_says_nothing_but_what_was_seen() -> None:
    text = expected.plain(expected.made("L9", "both"))
    for line in ("示例区消防救援大队：", "不属于行政命令", "《中华人民共和国消防法》第五条", "东侧安全出口被链条锁闭"):
        assert line in text
    for never in ("示例法定代表人", "得分", "186", "贵单位总厂区", "承诺书", "12333"):
        assert never not in text
    assert rules.addressee(samples.REFERRED) == "示例区消防救援大队"
    assert rules.addressee(samples.FACTS) == samples.FACTS.enterprise.name


def test_dates_run_from_proven_delivery_and_containment_from_being_told(words: Mapping[str, Any]) -> None:
    for kind in ("L2", "L3"):
        assert "自实际送达之日起算" in expected.plain(expected.made(kind, "zh_Hans_CN"))
    told = replace(samples.URGENT, told_on=date(2026, 11, 17))
    text = expected.plain(rules.compose("L3", told, "both", words).as_json())
    assert "已于2026年11月17日在现场向贵单位说明" in text
    assert "told your people of this on site on 17 November 2026" in text
    assert "现场向贵单位说明" not in expected.plain(expected.made("L3", "zh_Hans_CN"))


def test_a_letter_frozen_before_there_were_points_still_loads() -> None:
    plain = rules.facts_to_json(samples.FACTS)
    for name in ("points", "new_due", "next_step", "hearing", "referral", "told_on"):
        del plain[name]
    for finding in plain["findings"]:
        del finding["id"]
    assert rules.facts_from_json(plain) == samples.FACTS


def test_a_character_of_a_point_is_found_where_it_stands() -> None:
    assert (
        "finding 3, the reason for the return" in rules.place_of("办理完", samples.BY_KIND["L4"], rules.Passages()).en
    )
