package faults

import (
	"time"

	"github.com/lotse-hamburg/lotse/services/allinone/verify"
	"github.com/lotse-hamburg/lotse/tools/load"
)

// Row is what was seen of one fault.
type Row struct {
	Key   string `json:"key"`
	Fault string `json:"fault"`
	What  string `json:"what,omitempty"`
	// Left says why it was not played.
	Left string `json:"left_out,omitempty"`
	At   string `json:"at,omitempty"` // RFC 3339
	Code string `json:"code,omitempty"`

	Lasted float64 `json:"lasted_s"` // from the fault to its end; 0: it was a moment
	Ready  float64 `json:"ready_s"`  // from the end until all processes are ready

	Commands int     `json:"commands"`     // answered from the fault on
	Failed   int     `json:"failed_tries"` // each repeated with its key until answered
	Errors   string  `json:"errors,omitempty"`
	Again    float64 `json:"again_s"`   // from the fault (a lasting one: its end) to the last try that failed; 0: none did
	Silence  float64 `json:"silence_s"` // longest time without a booking
	Chain    float64 `json:"chain_s"`   // slowest sick note, from absence's log to booking's
	Chains   int     `json:"chains"`    // sick notes that reached booking

	Receipts     int      `json:"receipts"`
	Lost         int      `json:"lost"` // receipts that no log knows
	Appointments int      `json:"appointments"`
	Doubled      int      `json:"doubled"` // appointments lost, doubled or beyond the counters; holes and repeats in logs
	Twice        int      `json:"twice"`   // people in two places
	Apart        int      `json:"apart"`   // lanes that lag; answers, streams and buckets that differ from a fresh fold
	First        []string `json:"first,omitempty"`
}

// see adds what clients saw.
func (r *Row) see(seen load.Report, mended time.Duration) {
	for _, l := range seen.Latencies {
		if l.Kind != "booking" && l.Kind != "hr event" { // these are made of the others
			r.Commands += l.N
		}
	}
	r.Failed, r.Errors, r.Silence = seen.Failed(), seen.Errors(), seen.Silences["booking"]
	if seen.LastFailure > 0 {
		r.Again = max(0, seen.LastFailure-mended.Seconds())
	}
}

// audited adds what the auditor found.
func (r *Row) audited(report verify.Report, apart int) {
	r.Apart = apart
	for _, c := range report.Checks {
		switch c.Name {
		case "acknowledged":
			r.Receipts, r.Lost = c.Looked, c.Faults
		case "appointments":
			r.Appointments = c.Looked
			r.Doubled += c.Faults
		case "logs":
			r.Doubled += c.Faults
		case "people":
			r.Twice = c.Faults
		default:
			r.Apart += c.Faults
		}
		r.First = append(r.First, c.First...)
	}
}

// Held: nothing was lost or doubled, and all agree.
func (r Row) Held() bool { return r.Lost == 0 && r.Doubled == 0 && r.Twice == 0 && r.Apart == 0 }
