package httpapi

import "github.com/lotse-hamburg/lotse/services/internal/problem"

// Problems says how the service's errors are answered; its pages say the same.
func Problems() problem.Table { return table }
