"""What the reader can ask for, all of it in the address."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from compliance.checklists.names import SEVERITIES, SIZES
from compliance.checklists.policy import Severity
from compliance.checklists.rules import AREAS
from compliance.enterprises import classes
from compliance.shared.forms import Form
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.translation import lazy_gettext as _l
from compliance.shared.words import N_
from compliance.trends import periods, words
from compliance.trends.labels import Labels
from compliance.trends.periods import Span, Step
from compliance.trends.rules import OVERALL, UNKNOWN, By, Cell, Selection, View
from compliance.visits.states import Outcome, Route

SELECTION = (
    "period", "year", "quarter", "first", "last", "step", "view", "by", "topic", "figure", "sector", "district",
    "size", "trait", "version",
)  # fmt: skip
"""The names in the address that every page of the trends keeps."""


def _named(choices: dict[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), _(text)) for value, text in choices.items()]


class SelectionForm(Form):
    """Period, comparison and filters. Nothing of it changes anything, so it carries no token."""

    class Meta(Form.Meta):
        """A form that only asks."""

        csrf = False

    period = SelectField(_l("Period"), default="recent")
    year = IntegerField(_l("Year"), validators=[Optional(), NumberRange(2000, 2100)])
    quarter = SelectField(_l("Quarter"))
    first = DateField(_l("From"), validators=[Optional()])
    last = DateField(_l("To"), validators=[Optional()])
    step = SelectField(_l("Time in"), default=Step.quarter.value)
    view = SelectField(_l("Averages over"), default=View.random.value)
    by = SelectField(_l("Compare by"), default=By.sector.value)
    sector = SelectField(_l("Sector"))
    district = SelectField(_l("District"))
    size = SelectField(_l("Size"))
    topic = SelectField(_l("Area"), default=OVERALL)
    figure = SelectField(_l("Figure"), default="score")
    trait = SelectField(_l("Workplaces with"))
    version = SelectField(_l("Checklist version"))

    def offer(
        self,
        sectors: Sequence[str],
        districts: Sequence[str],
        versions: Sequence[tuple[UUID, int, date]],
        names: Labels,
        today: date,
        period: str = "recent",
    ) -> None:
        """Fill the lists with what there is; a class that is in the address already stays on offer. A version has its
        id, its number and its day. ``period`` is the one to show where none is asked for.
        """
        if not self.period.raw_data:
            self.period.data = period
        language = names.language
        self.topic.choices = [(area, names.area(area)) for area in (OVERALL, *AREAS)]
        self.figure.choices = _named(words.FIGURES)
        self.quarter.choices = [(str(one), _("Quarter %(number)s", number=one)) for one in (1, 2, 3, 4)]
        if not self.quarter.data:
            self.quarter.data = str((today.month + 2) // 3)
        self.trait.choices = [("", _("All")), *_named(words.TRAITS)]
        self.version.choices = [
            ("", _("All")),
            *((str(one), _("No. %(number)s of %(day)s", number=number, day=day)) for one, number, day in versions),
        ]
        self.period.choices = _named(words.PERIODS)
        self.step.choices = _named(words.STEPS)
        self.view.choices = _named(words.VIEWS)
        self.by.choices = _named(words.DIMENSIONS)
        everything, unknown = ("", _("All")), (UNKNOWN, _("Not known"))
        sectors = [*sectors, *({self.sector.data} & classes.sectors().keys() - set(sectors))]
        districts = [*districts, *({self.district.data} & classes.districts().keys() - set(districts))]
        self.sector.choices = [
            everything,
            *((code, f"{code} {classes.sector_name(code).in_(language)}") for code in sectors),
            unknown,
        ]
        self.district.choices = [
            everything,
            *((code, classes.district_name(code).in_(language)) for code in districts),
            unknown,
        ]
        self.size.choices = [everything, *_named(SIZES), unknown]
        for optional in (self.sector, self.district, self.size, self.trait, self.version):
            optional.data = optional.data or ""
        self.year.data = self.year.data or (today.year if not self.year.raw_data else None)

    def selection(self, today: date) -> Selection | None:
        """What was asked for; None with the errors at their fields when it cannot be answered."""
        if not self.validate():
            return None
        try:
            span = self._span(today)
        except Problem as problem:
            field = self[problem.facts.get("field", "first")]
            field.errors = [*field.errors, _(problem.text, **problem.facts)]
            return None
        if self.trait.data and (self.sector.data or self.district.data or self.size.data):
            self.trait.errors = [
                *self.trait.errors,
                _("This is kept by itself: choose all sectors, districts and sizes, or all workplaces here."),
            ]
            return None
        return Selection(
            span, Step(self.step.data), View(self.view.data), By(self.by.data),
            self.sector.data, self.district.data, self.size.data,
            self.trait.data, UUID(self.version.data) if self.version.data else None, self.topic.data, self.figure.data,
        )  # fmt: skip

    def _span(self, today: date) -> Span:
        if self.period.data == "year":
            return periods.year(self.year.data or today.year)
        if self.period.data == "quarter":
            return periods.quarter(self.year.data or today.year, int(self.quarter.data))
        if self.period.data == "custom":
            for field in (self.first, self.last):
                if field.data is None:
                    raise Problem("trends-span", N_("Please enter the first and the last day."), field=field.name)
            return periods.whole_months(periods.custom(self.first.data, self.last.data))
        if self.period.data == "whole":
            return periods.last_whole_quarters(today)
        return periods.last_four_quarters(today)


class CellForm(Form):
    """Which rows: those behind one figure."""

    class Meta(Form.Meta):
        """A form that only asks."""

        csrf = False

    bucket = StringField(validators=[Length(max=10)])
    route = SelectField(_l("Route"))
    outcome = SelectField(_l("Outcome"))
    counted = BooleanField(false_values=("", "0", "false"))
    drawn = BooleanField(false_values=("", "0", "false"))
    released = BooleanField(false_values=("", "0", "false"))
    area = StringField(validators=[Length(max=40)])
    band = StringField(validators=[Length(max=16)])
    item = StringField(validators=[Length(max=40)])
    severity = SelectField(_l("Severity"))
    state = SelectField(_l("State"))
    visited = SelectField(_l("Visited"))

    def offer(self) -> None:
        """Fill the lists."""
        everything = ("", _("All"))
        self.route.choices = [everything, *_named(words.ROUTES)]
        self.outcome.choices = [everything, *_named(words.OUTCOMES)]
        self.severity.choices = [everything, *((str(one), _(SEVERITIES[one])) for one in Severity)]
        self.state.choices = [everything, *_named(words.ACTION_STATES)]
        self.visited.choices = [everything, *_named(words.VISITED)]
        for field in (self.route, self.outcome, self.severity, self.state, self.visited):
            field.data = field.data or ""

    def cell(self) -> Cell | None:
        """The figure; None with the errors at their fields when there is no such one."""
        if not self.validate():
            return None
        return Cell(
            bucket=self.bucket.data or "",
            route=Route(self.route.data) if self.route.data else None,
            outcome=Outcome(self.outcome.data) if self.outcome.data else None,
            counted=bool(self.counted.data),
            drawn=bool(self.drawn.data),
            released=bool(self.released.data),
            area=self.area.data or "",
            band=self.band.data or "",
            item=self.item.data or "",
            severity=Severity(self.severity.data) if self.severity.data else None,
            state=self.state.data,
            visited=self.visited.data,
        )
