// Package id has a distinct type for each thing that has a name, so that a
// centre is never taken for a district.
package id

type (
	// Employee is a pseudonym; the mapping to a person stays with HR.
	Employee string
	// Absence is (source, absence id) of the HR system, joined by "/".
	Absence string
	// Post is a planned position, filled or vacant.
	Post string
	// Centre is a Kundenzentrum, for instance "altona".
	Centre string
	// District is one of the city's seven, for instance "wandsbek".
	District string
	// Skill is a service group's key: who has it may serve the whole group.
	Skill string
	// Service is what a citizen comes for, for instance "passport".
	Service string
	// Proposal is a rebalancing proposal.
	Proposal string
	// Deployment is one employee, one day, at another centre.
	Deployment string
	// Measure is a district's temporary local solution.
	Measure string
	// Appointment is a slot promised.
	Appointment string
	// Ticket is a walk-in's number in one centre's queue.
	Ticket string
)
