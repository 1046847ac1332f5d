// Package letter writes what citizens are told by mail, in German and English,
// and the calendar file that goes with it. It is pure: who is written to and
// when, what was booked and which links are theirs come in from outside.
package letter
