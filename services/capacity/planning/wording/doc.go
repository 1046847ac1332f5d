// Package wording holds what every sentence of the planner needs, in German and
// English: texts in both languages, numbers with their nouns and verbs, lists,
// dates and spans of time, and what people call centres, districts and skills.
//
// Sentences themselves are made where their facts are: packages rule, explain
// and suggest.
package wording
