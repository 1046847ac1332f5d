// Package outlook says how many requests to expect on each of the next days, with
// an interval, from how many there were. It is pure.
//
// The requests y of one series (a district's citizens for one service group) on a
// day have the mean
//
//	prior × level(group, day) × share(series, day) × weekday × season × kind of day
//
// The prior is what is expected before anything was counted; all else begins at 1
// and is moved away from it by counts only.
//
//   - Level and share are filters of counts: a = ω·a + y, b = ω·b + e with e what
//     was expected, the level a/b, and ω how long is remembered (Harvey and
//     Fernandes, Time Series Models for Count or Qualitative Observations, J. of
//     Business & Economic Statistics 7, 1989). The group's level moves quickly, with
//     a damped trend (Gardner and McKenzie, Management Science 31, 1985) where it
//     has proved right; what a district has of it moves slowly. Where a week is off by
//     far more than weeks are, what was before it is forgotten.
//   - Weekday, season (ISO week of the year, once a year and some weeks are known)
//     and kind of day (school holidays, public holidays, the day after one) are ratios
//     of what was counted to what was expected, each shrunk to its neighbour: a
//     series' weekday to its group's, by how much of what is seen in every other week
//     the weeks between them have, too; a kind to what is usual, a week to 1. The last
//     weeks say what level there is, and not what season.
//   - How long is remembered, whether there is a trend and how wide the intervals are
//     is learned from the last weeks, which the factors that they are judged by have
//     not seen. A count has the variance mean + v·mean² (negative binomial; McCullagh
//     and Nelder, Generalized Linear Models, 1989, 6.2.3), v by how far ahead it is
//     and, shrunk to that of others, by series; errors are brought to a normal scale
//     by the first correction for skewness (Cornish and Fisher 1938), and their own
//     quantiles there make the interval.
//
// What days ahead have in common is learned, too: requests up to a day are further off
// than those of a day, together, and less far than if every day was off alike.
//
// Where nothing was counted the answer is the prior with a wide interval.
package outlook
