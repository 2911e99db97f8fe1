"""How often each answer was given, one bar per setting."""

from picture_check import check_picture

from samplers.lab import plot_answers

ANSWERS = {"T = 0": ["a"] * 4, "T = 2": ["a", "b", "b", "c"]}


def test_it_counts_the_most_frequent_and_gathers_the_others():
    picture = plot_answers(ANSWERS, top=2)
    check_picture(picture)
    data = picture.data
    assert data["answers"] == ("a", "b")
    assert data["counts"].tolist() == [[4, 0], [1, 2]]
    assert data["others"].tolist() == [0, 1]
    assert data["different"].tolist() == [1, 3]
    assert "T = 2: a 1, b 2, others 1; 3 different answers" in picture.alt


def test_more_than_six_colours_are_never_drawn():
    assert plot_answers({"x": list("abcdefgh")}, top=8).data["others"].tolist() == [2]
