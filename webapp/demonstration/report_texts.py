"""What the invented peers write about the invented cities, and what these reply."""

from models import Block, FindingKind

# fmt: off
INTRODUCTIONS = (
    "Three colleagues from other cities read the self-assessment of {city} and its evidence, each "
    "alone, and visited the city for two days. They met staff of six departments, four "
    "associations and the deputy mayor. We thank all who gave us their time.",
    "This report says what we found in {city}. We read what the city signed, then we came to see "
    "it. We spoke with people at the front desks as well as with those who decide. Where we "
    "could not agree at first, we looked again.",
    "{city} was open with us: we could see every document that we asked for, and nobody was told "
    "what to say. The levels beside each part are those that we agreed on as a team.",
)
BLOCKS = {
    Block.SELF_ASSESSMENT: (
        "The city sees itself in the middle of the scale, a little higher than we do. Its texts "
        "are clear; what is planned and what is done are not always told apart.",
        "The city is modest here. In two places it could have given itself more, because staff "
        "do more than is written down.",
        "The city says that most is in place. It names open tasks itself, which made our work "
        "easy.",
    ),
    Block.FINDINGS: (
        "Most of what the city writes is visible in daily work. The people we met knew the plan "
        "and their own part in it.",
        "What works well rests on a few committed people. It would be good to write down how "
        "they do it.",
        "The figures are there and are read. The council talks about them once a year.",
    ),
    Block.CHALLENGES: (
        "Money is given year by year, so nobody can promise anything beyond spring.",
        "Small groups of newcomers are not reached yet. The larger associations see this too.",
        "Departments collect figures in different ways, so that they cannot be compared.",
    ),
}
FINDINGS = {
    FindingKind.STRENGTH: (
        "The city is ahead of most here: the work is written down, paid for and looked at each "
        "year.",
        "Staff could show us how they do this, without a folder in their hands.",
    ),
    FindingKind.GOOD_PRACTICE: (
        "Two districts share one advice desk, and the same person stays with a family from the "
        "first visit on. Other cities could copy this at once.",
        "New colleagues spend a day with an association of migrants in their first month.",
    ),
    FindingKind.CHALLENGE: (
        "The plan ends this year and nobody has been asked to write the next one.",
        "Only one of the offices that we visited knew the rule.",
    ),
    FindingKind.RECOMMENDATION: (
        "Name one office that is in charge, with a sum of its own in the budget.",
        "Publish the figures each spring, with the gap and what is done about it.",
        "Ask users once a year, in their own languages, and say what changed because of it.",
        "Write the aim into contracts from next year on and check one supplier in ten.",
    ),
}
ADDRESSEES = ("The city council", "The mayor's office", "The housing department",
              "The personnel office", "The purchasing office")
REPLIES = (
    "We agree. The council has this on its list for the next budget.",
    "We see this differently: the second office opened in spring, after your visit.",
    "The sum was doubled in the budget of this year. Please name the new sum.",
)
KEPT = (
    "We saw one office only, and can report on what we saw. The next review will see both.",
)
REWORDED = (
    "The plan ends this year. The city has begun to write the next one.",
    "One office worked by this rule at the time of our visit; a second one has opened since.",
)
# fmt: on
