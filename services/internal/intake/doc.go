// Package intake takes in long lists in two acts: somebody sees what a list
// would do, and then has just that done, in steps that outlive the browser, the
// process and the replica.
//
// Where its state lives:
//
//   - A draft is what was read of a list and what it would change. It lies beside
//     the log, sealed with a key of its own, which any replica can open. The key
//     is destroyed when the draft is discarded, when all of it is taken in, and
//     an hour after nobody wanted it: then nothing can be read of it any more. So
//     a wrong file leaves nothing behind, and lists stand nowhere twice.
//   - That a draft was accepted, and how far it is taken in, are events of the
//     service's log. A step's effects and the event that counts it are one unit:
//     no entry is taken in twice or passed over, whoever goes on after a crash.
//
// Considered: to keep drafts in memory, which would bind people to one replica
// and lose what was accepted; to write the entries into the log, where a
// discarded draft would stay for ever; and to let the browser bring them back,
// which makes long pages and needs a signature.
package intake
