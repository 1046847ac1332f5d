// Package book is where citizens book, see, move and cancel their appointments:
// the pages below /book/.
//
// A booking takes five steps: what for, for how many, when and where, whose, done.
// What a citizen has chosen stands in the address, so that going back loses
// nothing; who they are never does. The slot that they choose is kept by a hold,
// whose end the server tells. Whose an appointment is the browser shows by a cookie
// for that appointment's pages alone (proof.go), which the code or the link of a
// letter sets: neither stays in the address.
//
// All of it works without a script. With one the free slots change while the page
// is open, the time left is counted, and the challenge is solved that bots shall
// find dear (assets/book.js, assets/solve.js).
package book
