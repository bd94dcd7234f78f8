"""What the invented cities say about the recommendations they got."""

# fmt: off
ACTIONS = (
    "One post in the planning office, from the next budget on, with the list of open tasks on the "
    "website.",
    "A round table with the departments twice a year. The first date is set.",
    "The figures are published together with those on schools, each spring.",
    "A short course for all who work at the front desks, given by our own staff.",
)
INSTEAD = (
    "We do this in the two largest districts first. The others follow if it helps there.",
    "The law leaves us the choice of the form only; there we change it, elsewhere we cannot.",
)
REFUSALS = (
    "The region decides this, and has said that it will not change it in the coming years.",
    "We have tried this before 2020 and it did not reach more people than today's way.",
)
OWNERS = ("Head of housing", "Office for equal chances", "Head of personnel", "The deputy mayor")
SO_FAR = (
    "The post is filled. The list of tasks is being written.",
    "Two of five departments are in; the others have named somebody.",
    "The money is in the budget of next year.",
)
DONE = (
    "It is in place since October and was shown to the council.",
    "Done. Ninety people came to the course.",
)
REVIEWS = (
    "We saw it at work and have nothing to add.",
    "A good beginning. What we miss is a figure by which one can see next year whether it helps.",
    "The city told us where it stands, and why it takes longer.",
)
# fmt: on
