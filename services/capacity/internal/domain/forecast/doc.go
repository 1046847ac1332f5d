// Package forecast says how lead times go on from what is known today: free
// appointments on offer, the rhythm of the week in which new ones are offered,
// and the requests that are expected. It is pure.
//
// Method. Requests come day by day, as Requests expects them. A share of them takes
// the earliest free appointment, the others one of the next days, each day in
// proportion to what it has left; those who want their own district there, those
// who take any anywhere. Who finds none in these days takes the earliest after
// them, and else asks again the next day. Service groups
// share counters: an appointment takes its minutes from what the district has
// left of that day, and a group is offered what it could have alone or what is
// left, whichever is less. Each day that passes opens one more at the far end,
// with what the same weekday offers within the horizon. Before the requests of a
// day are booked, the third next available appointment is read off: the lead
// time of that day.
//
// The band is three such runs. In the middle one each district's and group's
// requests up to any day are at their median, in the outer ones at the quantiles
// Low and High of the overdispersed Poisson of package demand, as wide as the requests up
// to that day, together, have turned out to be off (outlook.Model.Beyond) or, before that
// is known, as the policy says of a day; all of them at once, so that the band is rather too wide than too narrow. As much more is
// asked for as sickness that nobody knows yet will take away, but for the low
// run, where nobody falls ill.
//
// What it does not know: cancellations, moves of staff that nobody has proposed
// yet, and what people do when waiting is long. The share that takes the earliest
// is estimated from how full the next days are (Supply.TakeEarliest).
package forecast
