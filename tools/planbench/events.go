package main

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

func absences(*search.Planner, *planning.Instance, uint64, int) error { return nil }
