"""Small programmes of prices and placements that HiGHS calls optimal at a value that can be beaten.

What is wrong: counts of grades put into one goal with weights (27,000,000 for an A, … 1,000 for a D), gap 0, presolve
as it comes. The solver stops one D too early and says optimal; mostly its own bound still stands at the better value.
The likely reason: once a plan one step short is known, it looks only for values a whole step above, to within its
tolerance, and the relaxation of the better plan misses that by rounding. Most programmes found so need the tolerance of
1e-9 that the product sets; some are wrong with every option as it comes. Presolve off is no cure: it was wrong too.

How they were found, with HiGHS 1.15.1 (highspy), presolve as it comes and off, tolerances 1e-6 and 1e-9, gap 0, one
thread, 1 to 3 s each; programmes with 4 to 110 buyers:
"""
