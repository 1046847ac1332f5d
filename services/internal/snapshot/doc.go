// Package snapshot writes Go values down and reads them back, unexported fields
// included, so that a read model or a stream's state can be kept without a
// second description of what it consists of.
//
// Every value stands behind a fingerprint of its type: the names, the order and
// the kinds of all its fields. A value that was written by another form of the
// type is refused with ErrShape, and whoever asked folds its log instead. What a
// fingerprint cannot see, a fold that means something else by the same fields,
// is for a schema number to say.
//
// A field tagged `snapshot:"-"` is left out of both and comes back as its zero
// value: it holds what follows from the others, to be made again when needed.
//
// The bytes are the same for equal values: maps are written in the order of
// their keys. Pointers are followed; two that point to the same value come back
// as two values, so this is for values that are not changed in place, or not
// shared. Interfaces, channels and functions cannot be written.
package snapshot
