package book

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// papers are reminders of what is usually brought, by LeiKa key of a service: the
// federal catalogue numbers them alike in every city. They claim nothing: what is
// needed depends on the case and on the city, and the page says so beside them. A
// service that is not listed has what everybody brings.
var papers = map[string][]string{
	"99008001000000": {"bring.photo", "bring.old", "bring.birth", "bring.fee"},           // identity card
	"99008001014002": {"bring.report"},                                                   // lost identity card
	"99085001000000": {"bring.photo", "bring.old", "bring.birth", "bring.fee"},           // passport
	"99085001014003": {"bring.report"},                                                   // lost passport
	"99085001012005": {"bring.photo", "bring.urgent", "bring.fee"},                       // provisional passport
	"99115005000000": {"bring.landlord", "bring.all-papers"},                             // registration
	"99108062000000": {"bring.photo", "bring.licence", "bring.fee"},                      // international licence
	"99108048020000": {"bring.photo", "bring.licence", "bring.eyes", "bring.fee"},        // renewal
	"99108047050001": {"bring.photo", "bring.licence", "bring.fee"},                      // exchange, EU
	"99108047050002": {"bring.photo", "bring.licence", "bring.translation", "bring.fee"}, // exchange
	"99049001000000": {"bring.fee"},                                                      // good conduct
	"99014002035000": {"bring.original", "bring.fee"},                                    // certified copies
	"99014007035000": {"bring.unsigned", "bring.fee"},                                    // certified signature
}

// bring is what to bring for a visit, each thing once.
func (b *book) bring(x *pages.Context, v app.View) []string {
	types, keys := b.types(), []string{"bring.identity"}
	services := []string{types[v.Service].LeiKa}
	for _, p := range v.Parts {
		services = append(services, types[p.Service].LeiKa)
	}
	for _, leika := range services {
		for _, k := range papers[leika] {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = x.Say(k)
	}
	return all
}
