"""Where the lines of a chart stand."""

from benchmarks.charts.lines import Entry, lay_out

ENTRIES = [Entry("r", "Role", heading=True), Entry("A", "First"), Entry("B", "B")]


def test_a_heading_takes_room_and_carries_no_marks():
    layout = lay_out(ENTRIES, 60, narrow=False)

    assert [line.entry.code for line in layout.marked] == ["A", "B"]
    assert [line.top for line in layout.lines] == [60, 96, 128]


def test_a_long_heading_has_the_whole_width_and_room_for_its_lines():
    heading = Entry("r", "a heading of many words " * 5, heading=True)

    first, second = lay_out([heading, Entry("A", "First")], 60, narrow=False).lines

    assert len(first.words) == 2
    assert second.top - first.top == 36 + 17


def test_a_name_has_its_room_and_marks_have_lines_as_high_as_asked_for():
    layout = lay_out(ENTRIES, 60, narrow=False, high=50, beside=200)

    assert [line.bottom - line.top for line in layout.marked] == [50, 50]
    assert layout.left == 230


def test_scores_stand_between_the_ends_of_the_axis():
    layout = lay_out(ENTRIES, 60, narrow=True)

    assert [layout.x(0), layout.x(100)] == [layout.left, layout.right]
    assert layout.x(50) == (layout.left + layout.right) / 2


def test_a_name_that_is_only_the_code_is_not_said_twice():
    assert [entry.shows_code for entry in ENTRIES] == [False, True, False]
