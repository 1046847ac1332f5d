// Package rule says what a plan may do with people. Each rule is a small named
// function with a sentence for planners in German and English; Rules lists them.
//
// A Book is an instance's rules made ready. It answers four questions:
//
//   - Place, PlacesOf: where may this person work on this day, whatever the rest
//     of the plan?
//   - Row: what does all that one person does cost beyond the price of each day,
//     and does it break a rule that looks at several days?
//   - Missing: how many people is a centre short of at its worst half hour?
//   - Over: how many people are there without a counter?
//
// An instance without extensions has the published rules only: presence, reach,
// notice, weekly cap, counters per day and the minimum of heads per day.
//
// What a person cannot help does not count: a person always may stay where the
// previous plan has them, and a row in which only days that the plan cannot
// change are spent away from home breaks no rule.
package rule
