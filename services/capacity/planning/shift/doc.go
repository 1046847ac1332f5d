// Package shift solves the early and late split of one centre on one day: who
// works which of the shifts open to him, so that at every half hour at least so
// many people are there as the centre needs.
//
// Times are minutes after midnight, 0 to 1440. A half hour begins at the full
// or half hour of the clock; of the first and the last only the part within
// opening hours counts. Somebody is there in a half hour who is there through
// all of it: shifts and breaks that begin within it do not count.
//
// The split is exact: first the largest number of people missing at any half
// hour is as small as can be, then the sum of people missing over all half
// hours. That somebody is there never does harm, and more than the need do no
// good. So half hours with the same shifts over them are one, people with the
// same shifts to choose from are a number, and no shift takes more of them than
// its half hours still lack: a few dozen cases are left, most of which a bound
// rules out (who could still come, half hour by half hour).
//
// Breaks count as they are given. Those that the law asks for (§ 4 ArbZG: 30
// minutes above six hours, 45 above nine) but that have no time yet are taken
// in turns, as staffing arranges it, and are not counted.
package shift
