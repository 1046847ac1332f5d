package mapping

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/parsertest"
)

func FuzzRead(f *testing.F) {
	for _, system := range Systems() {
		names, _ := filepath.Glob("testdata/" + system + "/*.json")
		for _, name := range names {
			body, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(system, string(body))
		}
	}
	f.Fuzz(func(t *testing.T, system, body string) {
		parsertest.Bounded(t, len(body), func() {
			words, _, err := Read(system, "hr", berlin, []byte(body))
			if err != nil && len(words) > 0 {
				t.Fatal("words beside a refusal of all")
			}
			if len(words) > 2*MaxWords {
				t.Fatalf("%d words of one message", len(words))
			}
			for _, w := range words {
				if w.Refusal == nil && !w.Fetch && w.Command == nil {
					t.Fatal("neither command nor refusal nor fetch")
				}
				if w.Fetch && w.Refusal == nil && w.Absence == "" {
					t.Fatal("a fetch of nothing")
				}
			}
		})
	})
}

// Whatever stands in the headers, only what was signed with a secret passes.
func FuzzVerify(f *testing.F) {
	now := time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)
	mine := []byte("a-secret-of-the-house")
	for _, system := range append(Systems(), CloudEvents) {
		s, _ := Signs(system)
		f.Add(system, s.Sign(mine, []byte("{}"), "1796108400"), "1796108400", []byte("{}"))
		f.Add(system, s.Prefix+"00", "-1", []byte("{}"))
	}
	f.Fuzz(func(t *testing.T, system, signature, stamp string, body []byte) {
		s, ok := Signs(system)
		if !ok {
			return
		}
		h := map[string][]string{s.Header: {signature}}
		if s.Timestamp != "" {
			h[s.Timestamp] = []string{stamp}
		}
		parsertest.Bounded(t, len(body)+len(signature), func() {
			if s.Verify([][]byte{[]byte("another-secret-nobody-knows")}, h, body, now) == nil {
				t.Error("a secret that signed nothing was proof")
			}
			if s.Verify(nil, h, body, now) == nil || s.Verify([][]byte{{}}, h, body, now) == nil {
				t.Error("no secret was proof")
			}
			if s.Verify([][]byte{mine}, h, body, now) == nil && s.Timestamp != "" && stamp < "1796108000" {
				t.Errorf("signed at %s", stamp)
			}
		})
	})
}

func FuzzReadList(f *testing.F) {
	f.Add("successfactors", `{"d":{"results":[{"externalCode":"A","userId":"e","startDate":"/Date(1796083200000)/","approvalStatus":"APPROVED"}]}}`)
	f.Add("personio", `[{"_data":[],"_meta":{"links":{"next":{"href":"x"}}}},{"_data":[{"id":"1","approval":{"status":"PENDING"}}]}]`)
	f.Add("hibob", `[{"type":"timeoff.request.approved"},7,null]`)
	f.Fuzz(func(t *testing.T, system, body string) {
		parsertest.Bounded(t, len(body), func() {
			l, err := ReadList(system, "hr", berlin, []byte(body))
			for _, m := range l.Rows {
				if err == nil && (m.Command == nil || m.Absence == "") {
					t.Fatal("an entry without command was not refused")
				}
			}
		})
	})
}
