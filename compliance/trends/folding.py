"""What the worker does with the log of the cells: it is folded when it has grown long."""

from compliance.shared import jobs
from compliance.shared.database import session
from compliance.trends import store_fold


@jobs.each_minute
def fold_long_logs() -> None:
    """Fold the logs that have grown long."""
    if store_fold.fold(store_fold.LONG):
        session().commit()
    session().rollback()
