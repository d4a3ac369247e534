"""The words that a tablet carries."""

from compliance.casework import tablet_shell
from compliance.shared.words import CHINESE


def test_every_text_of_the_tablet_has_a_short_name_of_its_own():
    texts = tablet_shell.texts()
    assert len({tablet_shell.short(text) for text in texts}) == len(texts) > 300


def test_a_short_name_is_what_the_tablet_reckons():
    # By words.js; the door in Chinese (tests/tablet/test_door.py) shows that both count alike.
    assert tablet_shell.words(CHINESE)[tablet_shell.short("Today")] == "今天"
