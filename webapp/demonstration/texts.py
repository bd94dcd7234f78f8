"""What the invented cities and reviewers write, by how far they say that something is."""

# fmt: off
# What cities write, by how far they say they are.
AT_THE_START = (
    "We have not begun with this. It is on the list for the next council term.",
    "A single department does this on its own; nothing is written down yet.",
    "There was a project, but it ended when the money ran out.",
    "Colleagues help when somebody asks. There is no fixed way of doing it.",
    "We know where the gap is and have asked two offices for a proposal.",
    "So far we rely on an association that does this without a contract.",
    "The figures we would need are held by the region, and we have not asked for them.",
    "The question came up in the last visit of our peers. A first meeting has taken place.",
)
ON_THE_WAY = (
    "A working group of three departments has met since spring and has written a draft.",
    "It works in the two largest districts. The other districts follow next year.",
    "The rule exists, but not every office follows it yet.",
    "We do this each year; what comes out of it is not counted so far.",
    "The plan names an office in charge and has money for this year only.",
    "Half of the staff at the front desks have been trained. The rest follow this winter.",
    "The pages are there in three languages. We have not yet asked users what they think.",
    "Two associations of migrants sit at the table. Small groups are still missing.",
    "We tried it in one service for a year and the council has asked for a longer trial.",
    "The figures are collected, but they reach the council only on request.",
    "Most of it is in place. What is missing is a fixed date on which we look at it again.",
    "The contract asks for it, and we check about one supplier in five.",
)
WELL_AHEAD = (
    "The council adopted this four years ago and gets a report every spring.",
    "All districts take part. The report is public and shows where we are behind.",
    "Residents were asked twice, and the plan was changed after what they said.",
    "It is part of daily work: new colleagues hear about it in their first week.",
    "An outside body looked at it last year; its advice has been carried out.",
    "Three people work on it full time, paid from the city's own budget.",
    "We publish the figures for each service, with the gap and what we do about it.",
    "The associations help to write the plan and have a vote on how the money is spent.",
    "Complaints are answered within four weeks, and we count how they end.",
    "Other cities have visited us to see how it is done; the slides are linked below.",
)
# What cities say about their documents, and what a page of one shows.
ABSTRACTS = (
    "What the city wants to reach in four years, with a person and a sum for each step.",
    "A yearly account of what was done, with figures by district.",
    "What the council decided, and how the groups voted.",
    "",
)
CLAIMS = (
    "The council adopted it.",
    "Who is responsible, by name of the office.",
    "The figures for the last two years.",
    "It is in the budget with a line of its own.",
    "",
)
# What reviewers write.
NOT_THERE_YET = (
    "We found the plan, but nobody we met could say who carries it out.",
    "The evidence is older than two years, and we saw nothing newer.",
    "Staff told us openly that this has not started.",
    "The document shows an intention; we look for what is done today.",
)
PARTLY_THERE = (
    "It works in the office we visited. The other offices could not show it to us.",
    "The text is clear and public. Figures on what it brings are missing.",
    "Good beginning. We stopped at this level because a fixed yearly report is missing.",
    "The associations confirm most of what the city writes, with some doubts about the pace.",
    "We would give the next level once the whole city is covered.",
)
CLEARLY_THERE = (
    "We saw it ourselves at the desk and spoke with three users.",
    "The report is public, and the council minutes show that it was discussed.",
    "Very clear evidence. Our own city could learn from this.",
    "Staff at all levels knew about it without being told that we would ask.",
)
UNSEEN = (
    "There was no time to look at this during the visit.",
    "We do not read the language of the document well enough to judge.",
)
AS_READ = (
    "The visit confirmed what we had read.",
    "Staff at two desks told us the same as the documents.",
    "We asked three associations; they see it as we did from the desk.",
)
LESS_THAN_READ = (
    "On the spot we found it in one office only; the others had not begun.",
    "What the plan promises for this year had not started when we came.",
)
FOUND = (
    "Only the first part is about this.",
    "It is from the year before; nothing newer is linked.",
    "",
)
OTHERS_DECIDE = (
    "By national law the region decides this; we would not hold it against the city.",
    "The city has no power here, as the evidence says itself.",
)
NOT_IN_OUR_HANDS = (
    "The region runs this service; the city has neither staff nor money for it.",
    "This is a task of the state. The city may only give advice.",
    "A national agency is in charge, and its local office does not report to us.",
)
REASONS = (
    "We read the document again together and took the level that all its points meet.",
    "The higher score rested on a plan that has not been carried out yet.",
    "One of us had seen the service itself; the others follow that view.",
    "Between two levels, so we chose the lower one, as the guidance says.",
)
# fmt: on
