"""The register for programs: enterprises with their workplaces, without contact persons."""

from typing import Any
from uuid import UUID

from compliance.api.door import bp, operation, portioned
from compliance.api.rules import Scope, closed, closed_total
from compliance.api.shapes import Enterprise, EnterpriseWhole, Page, RegisterQuery, Workplace
from compliance.enterprises import store, store_lists
from compliance.enterprises.store_lists import Filters
from compliance.people.rules import Actor

__all__ = ["bp"]


@operation("/enterprises", Scope.register)
def enterprises(caller: Actor, query: RegisterQuery) -> Page[Enterprise]:
    """The register, in portions."""
    filters = Filters(query.sector or "", query.district or "", status=query.status)
    portion = store_lists.in_portions(caller, filters, after=query.after, most=query.limit)
    return portioned(Page[Enterprise], portion, [Enterprise(**_facts(row)) for row in portion.rows])


@operation("/enterprises/<uuid:enterprise_id>", Scope.register)
def enterprise(caller: Actor, enterprise_id: UUID) -> EnterpriseWhole:
    """One enterprise with its workplaces, closed ones among them."""
    row = store.get(caller, enterprise_id)
    places = [
        Workplace(
            id=one.id,
            main=one.main,
            name=one.name,
            address=one.address,
            district=one.district,
            workers=closed_total(one.workers),
            status=one.status,
        )
        for one in store.workplaces_of(caller, enterprise_id, closed=True)
    ]
    return EnterpriseWhole(**_facts(row), workplaces=places)


_PLAIN = (
    "id", "name", "name_other", "country", "credit_code", "sector", "district", "size", "address", "status",
    "member_since", "letter_language",
)  # fmt: skip


def _facts(row: Any) -> dict[str, Any]:
    parts = {name: closed(getattr(row, name), row.workers) for name in ("women", "migrants", "under_18")}
    return {name: getattr(row, name) for name in _PLAIN} | parts | {"workers": closed_total(row.workers)}
