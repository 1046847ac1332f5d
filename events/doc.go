// Package events is the published language of Lotse: what its services say to
// each other and to the world, and how it is written on the wire.
//
// Each service's events stand in a package of their own (absence, staffing,
// capacity, booking). An event is a Go struct with a type name that is a
// constant with a version, lotse.<service>.<fact>.v<N>, never derived from the
// Go type. Optional fields may be added to a version; anything else is a new
// version beside the old one.
//
// The module imports the standard library only, so that anyone may use it.
package events
