// Package bench measures booking as its citizens and operators meet it: over
// HTTP and the bus, from another process on the same machine, beside yardsticks
// of the same run; and how a service begins whose log holds a city's year.
package bench
