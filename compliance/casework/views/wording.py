"""The association's own wording of its letters: free passages, standard sentences, versions, trials."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from compliance.casework import own_wording
from compliance.casework.forms_wording import PASSAGE_NAMES, PassageForm, PublishForm, SentenceForm
from compliance.casework.views.shown import letter_kind, pdf, told, words
from compliance.letters import press, sample, wording
from compliance.letters import rules as letter_rules
from compliance.letters import store_wording as store
from compliance.letters.sandbox import LONGEST
from compliance.letters.wording import Sentence
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.shared import translation
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("wording", __name__, url_prefix="/wording")


@bp.get("/")
@allow("letter.wording")
def overview() -> ResponseReturnValue:
    """What is said in own words, what is being edited, and the versions."""
    return _overview()


@bp.route("/passages/<path>", methods=["GET", "POST"])
@allow("letter.wording")
def passage(path: str) -> ResponseReturnValue:
    """Put one passage into own words."""
    free = _free(path)
    content, revision = store.working(actor())
    base = wording.shipped(path, press.words())
    now = content.passages.get(path, base)
    form = _filled(PassageForm, now, revision)
    _choices(form, free)
    if form.validate_on_submit() and _right(form, path):
        try:
            store.save_passage(actor(), path, form.said, revision=form.seen_revision)
        except Problem as problem:
            _blame(form, problem)
        else:
            flash(_("Saved in the draft. It is in force once the draft is published."), "success")
            return redirect(url_for("wording.overview", _anchor="draft"))
    page = render_template(
        "casework/wording_passage.html",
        free=free,
        form=form,
        base=base,
        own=path in content.passages,
        places=wording.known_places(proposed=free.proposed),
        letter_kind=letter_kind,
    )
    return page, 422 if form.errors else 200


@bp.post("/passages/<path>/reset")
@allow("letter.wording")
def reset(path: str) -> ResponseReturnValue:
    """Take the product's words for a passage again."""
    store.save_passage(actor(), _free(path).path, None, revision=_revision())
    flash(_("In the draft this passage is said in the product's words again."), "success")
    return redirect(url_for("wording.overview", _anchor="draft"))


@bp.post("/passages/<path>/preview")
@allow("letter.wording")
def preview(path: str) -> ResponseReturnValue:
    """The whole letter with the passage as it is typed, which is stored nowhere."""
    free = _free(path)
    form = PassageForm()
    _choices(form, free)
    content, _revision = store.working(actor())
    if form.validate() and _right(form, path):
        content = replace(content, passages={**content.passages, path: form.said})
        language = form.language.data if form.language.data in letter_rules.LANGUAGES else "both"
        try:
            made = own_wording.preview(actor(), content, form.on.data or "", language)
        except Problem as problem:
            if isinstance(problem, NotFound):
                raise
            form.form_errors.append(told(problem))
        else:
            return _draft_pdf(made)
    page = render_template(
        "casework/wording_passage.html",
        free=free,
        form=form,
        base=wording.shipped(path, press.words()),
        own=path in content.passages,
        places=wording.known_places(proposed=free.proposed),
        letter_kind=letter_kind,
    )
    return page, 422


@bp.post("/passages/<path>/spoken")
@allow("letter.wording")
def spoken_passage(path: str) -> ResponseReturnValue:
    """How the passage reads while it is typed, as a part of its page. Nothing is stored."""
    form = PassageForm()
    return _spoken(_free(path).path, form, form.on.data or "")


@bp.post("/sentences/spoken")
@allow("letter.wording")
def spoken_sentence() -> ResponseReturnValue:
    """The same of a standard sentence, on sample facts."""
    return _spoken("", SentenceForm(), own_wording.sample_of(""))


@bp.route("/sentences/new", methods=["GET", "POST"])
@allow("letter.wording")
def new_sentence() -> ResponseReturnValue:
    """Add a standard sentence to the draft."""
    _content, revision = store.working(actor())
    return _sentence(Sentence("", "closing", wording.Said()), revision)


@bp.route("/sentences/<sentence_id>", methods=["GET", "POST"])
@allow("letter.wording")
def sentence(sentence_id: str) -> ResponseReturnValue:
    """Change a standard sentence in the draft."""
    content, revision = store.working(actor())
    found = content.sentence(sentence_id)
    if found is None:
        raise NotFound("wording-sentence", N_("There is no such sentence."))
    return _sentence(found, revision)


@bp.post("/sentences/<sentence_id>/remove")
@allow("letter.wording")
def remove_sentence(sentence_id: str) -> ResponseReturnValue:
    """Take a standard sentence out of the draft."""
    store.remove_sentence(actor(), sentence_id, revision=_revision())
    flash(_("Taken out of the draft."), "success")
    return redirect(url_for("wording.overview", _anchor="sentences"))


@bp.post("/publish")
@allow("letter.wording")
def publish() -> ResponseReturnValue:
    """Put the draft in force."""
    form = PublishForm()
    if form.validate():
        faults = _whole_draft()
        if faults:
            form.form_errors += faults
        else:
            try:
                row = store.publish(actor(), form.note.data, revision=_revision())
            except Problem as problem:
                if isinstance(problem, Stale | NotFound) or problem.status != 422:
                    raise
                form.note.errors = [*form.note.errors, told(problem)]
            else:
                flash(_("Version %(number)d is in force for letters from now on.", number=row.number), "success")
                return redirect(url_for("wording.overview"))
    return _overview(form, 422)


@bp.post("/discard")
@allow("letter.wording")
def discard() -> ResponseReturnValue:
    """Throw the draft away."""
    store.discard(actor())
    flash(_("The draft is thrown away. What is in force stays."), "success")
    return redirect(url_for("wording.overview"))


@bp.get("/versions/<int:number>")
@allow("letter.wording")
def version(number: int) -> ResponseReturnValue:
    """One version: what it says, and what it changed."""
    row = store.version(actor(), number)
    before = store.version(actor(), number - 1) if number > 1 else None
    content = store.content(row)
    return render_template(
        "casework/wording_version.html",
        row=row,
        content=content,
        free=wording.free(),
        changes=wording.changes(store.content(before), content, press.words()),
        people=people.people_names([row.published_by]),
        passage_names=PASSAGE_NAMES,
        in_force=(current := store.current(actor())) is not None and current.number == number,
        drafted=store.draft(actor()) is not None,
        **_sentence_words(),
    )


@bp.post("/versions/<int:number>/again")
@allow("letter.wording")
def again(number: int) -> ResponseReturnValue:
    """Begin a draft with what an earlier version said."""
    store.begin_with(actor(), number)
    flash(_("The draft holds what version %(number)d said. Publish it to put it in force.", number=number), "success")
    return redirect(url_for("wording.overview", _anchor="draft"))


# --- inside -------------------------------------------------------------------------------------------------------


def _overview(publishing: PublishForm | None = None, status: int = 200) -> ResponseReturnValue:
    draft, current = store.draft(actor()), store.current(actor())
    shown = store.content(draft or current)
    rows = store.versions(actor())
    base = press.words()
    page = render_template(
        "casework/wording.html",
        draft=draft,
        current=current,
        content=shown,
        free=wording.free(),
        shipped={path: wording.shipped(path, base) for path in wording.free()},
        changes=wording.changes(store.content(current), shown, base) if draft else [],
        versions=rows,
        people=people.people_names([draft.created_by if draft else None, *(row.published_by for row in rows)]),
        publishing=publishing or PublishForm(formdata=None, data={"revision": draft.revision if draft else 0}),
        passage_names=PASSAGE_NAMES,
        **_sentence_words(),
    )
    return page, status


def _sentence_words() -> dict[str, Any]:
    return {"area_names": dict(own_wording.areas(actor())), "letter_kind": letter_kind, **words()}


def _sentence(now: Sentence, revision: int) -> ResponseReturnValue:
    form = _filled(
        SentenceForm,
        now.said,
        revision,
        passage=now.passage,
        kinds=list(now.kinds),
        area=now.area,
        severity=now.severity,
    )
    language = translation.current()
    form.kinds.choices = [
        SelectChoice(kind, letter_kind(kind).in_(language)) for kind in letter_rules.KINDS if kind in sample.KINDS
    ]
    form.area.choices = [
        SelectChoice("", _("Any")),
        *(SelectChoice(key, title.in_(language)) for key, title in own_wording.areas(actor())),
    ]
    if form.validate_on_submit() and _right(form, ""):
        given = Sentence(
            now.id, form.passage.data, form.said, tuple(form.kinds.data or ()), form.area.data, form.severity.data
        )
        try:
            store.save_sentence(actor(), given, revision=form.seen_revision)
        except Problem as problem:
            _blame(form, problem)
        else:
            flash(_("Saved in the draft. It is in force once the draft is published."), "success")
            return redirect(url_for("wording.overview", _anchor="sentences"))
    page = render_template(
        "casework/wording_sentence.html", form=form, now=now, places=wording.known_places(proposed=True)
    )
    return page, 422 if form.errors else 200


def _filled(kind: Any, said: wording.Said, revision: int, **more: Any) -> Any:
    """The form as it is shown first; what was sent stands in it otherwise."""
    return kind(data={"zh": said.zh, "en": said.en, "one": said.one, "revision": revision, **more})


def _choices(form: PassageForm, free: wording.Free) -> None:
    language = translation.current()
    kinds = [kind for kind in sample.KINDS if kind in free.kinds]
    form.on.choices = [
        SelectChoice(f"sample:{kind}", _("Sample: %(kind)s", kind=letter_kind(kind).in_(language))) for kind in kinds
    ] + [
        SelectChoice(
            case.value,
            " · ".join((case.number or _("Draft"), letter_kind(case.kind).in_(language), case.enterprise)),
        )
        for case in own_wording.real_cases(actor())
        if case.kind in free.kinds
    ]
    form.language.choices = [
        SelectChoice("zh_Hans_CN", _("Chinese")),
        SelectChoice("en", _("English")),
        SelectChoice("both", _("Both; the Chinese text counts")),
    ]


def _spoken(key: str, form: Any, chosen: str) -> str:
    typed = (form.said.zh, form.said.en)
    if not any(text.strip() for text in typed) or any(len(text) > LONGEST for text in typed):
        return render_template("casework/wording_spoken.html", too_long=any(map(str.strip, typed)))
    made = own_wording.spoken(actor(), key, form.said, chosen)
    problems = {language: list(map(told, found)) for language, found in made.problems.items()}
    return render_template("casework/wording_spoken.html", text=made.text, problems=problems)


def _right(form: Any, key: str) -> bool:
    """Whether what was typed may stand and can be composed; otherwise the form tells what is wrong, and where."""
    found = own_wording.problems(actor(), key, form.said)
    for language, problems in found.items():
        form[language].errors = [*form[language].errors, *map(told, problems)]
    return not found


def _whole_draft() -> list[str]:
    """What is wrong with the draft as a whole: it is composed once more before it is in force."""
    row = store.draft(actor())
    content = store.content(row)
    said = [*((path, one) for path, one in content.passages.items()), *(("", one.said) for one in content.sentences)]
    found = [own_wording.problems(actor(), key, one) for key, one in said]
    return [told(problem) for one in found for problems in one.values() for problem in problems]


def _blame(form: Any, problem: Problem) -> None:
    if isinstance(problem, NotFound | Conflict) or problem.status != 422:
        raise problem
    session().rollback()
    name = str(problem.facts.get("field", "zh"))
    form[name].errors = [*form[name].errors, told(problem)]


def _free(path: str) -> wording.Free:
    found = wording.free().get(path)
    if found is None:
        raise NotFound("wording-path", N_("There is no such passage, or it is not for own words."))
    return found


def _revision() -> int:
    sent = request.form.get("revision", "")
    return int(sent) if sent.isdecimal() else -1


def _draft_pdf(made: bytes) -> Response:
    return pdf(made, "draft.pdf", inline=True)
