"""A whole day on one tablet: eight visits, and the browser holds no more in the end than in the morning."""

import json

import pytest

pytestmark = pytest.mark.browser

PARTS = ("workplace", "wages", "safety", "sanitation", "end", "queue")


def test_the_memory_of_the_browser_stays_flat_over_the_visits_of_a_day(served, in_use):
    visits = [served.hand_out(place % 3) for place in range(8)]
    one = in_use(size=(1024, 768))
    cdp = one.cdp()
    cdp.send("Performance.enable")

    def used():
        """What stays once the page before has ended what it had under way."""
        looked = []
        for _ in range(4):
            cdp.send("HeapProfiler.collectGarbage")
            looked.append({m["name"]: m["value"] for m in cdp.send("Performance.getMetrics")["metrics"]})
            one.page.wait_for_timeout(150)
        return min(looked, key=lambda m: m["JSHeapUsedSize"])

    after = []
    for visit in visits:
        for part in PARTS:
            one.open(f"/tablet/visit/{visit}/{part}")
            one.ready(f"/tablet/visit/{visit}/{part}")
            one.answer(visit, "WAG03", "note", f"{part} " * 30)
        one.open("/tablet/")
        one.ready("/tablet/")
        after.append(used())
    grown = after[7]["JSHeapUsedSize"] / after[1]["JSHeapUsedSize"]
    nodes = after[7]["Nodes"] / after[1]["Nodes"]
    said = json.dumps([(round(m["JSHeapUsedSize"] / 1e6, 2), m["Nodes"], m["JSEventListeners"]) for m in after])
    assert grown <= 1.2, said
    assert nodes <= 1.2, said
