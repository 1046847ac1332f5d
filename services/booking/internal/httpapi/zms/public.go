package zms

import "net/http"

// Public lists what everybody may ask: all of it.
var Public = []string{http.MethodGet + " " + Prefix + "/", http.MethodPost + " " + Prefix + "/"}
