"""Small programmes of prices and placements that HiGHS calls optimal at a value that can be beaten.

What is wrong: the counts of grades are put into one goal by weights (27,000,000 for an A, … 1,000 for a D), gap 0,
presolve as it comes. The solver stops one D short and says optimal. Nearly always its own bound still stands at the
better value: 195,516,999.99999878 above a plan of 195,516,000 that it calls optimal, where 195,517,000 is reached.
The likely reason: a plan one step short is known, only values a whole step above are looked for, and the relaxation
of the better plan misses that by rounding.

The better values need no solver: in five of the six launches every grade reaches its cap. CBC reaches the same values.

Tried with HiGHS 1.15.1, presolve as it comes and off, one thread, gap 0, 1 to 3 s each; finished solves, and answers
that were wrong:

    textbook form, revenue, deviation or weights, 12 to 90 buyers            about   560   none
    the same with held goals, single bands, equalities, 4 to 16 buyers       about 1,440   none
    the same with prices in fractions and in ten thousands                   about   260   none
    steps as precedence rows, four ways to write revenue, 20 to 80 buyers    about   360   1, presolve off
    blended goals in both forms, weights 10 to 10,000,000 and scores         about   900   none
    blended goals with far weights and a list value in fractions             about 1,400   1, 3 at 1e-9, 1 presolve off
    the product's own rows, blended goals                                    about 5,500   1 at 1e-9
    the product's rows with caps and priorities (``launches``)               about 1,780   3 at 1e-9
    the same launches in textbook form (``textbook``)                        about   670   1

``python -m tests.bench.bench_wrong_answers`` repeats the last two on launches drawn anew.

"At 1e-9": at the tolerance of whole values that the product sets; the others with every tolerance as it comes. Money as
the only goal, points that break a row, and feasible programmes called infeasible were looked for and not found.
"""
