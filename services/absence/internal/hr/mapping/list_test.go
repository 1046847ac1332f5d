package mapping

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestReadList(t *testing.T) {
	row := func(id, status string) string {
		return `{"externalCode":"` + id + `","userId":"e-1","startDate":"/Date(1796083200000)/","endDate":"/Date(1796083200000)/","approvalStatus":"` + status + `","comment":"geheim"}`
	}
	sf := func(more string, rows ...string) string {
		return `{"d":{` + more + `"results":[` + strings.Join(rows, ",") + `]}}`
	}
	for name, c := range map[string]struct {
		system, body string
		rows, wait   int
		says         string
	}{
		"a list":                       {"successfactors", sf("", row("A", "APPROVED"), row("B", "CANCELLED"), row("C", "PENDING_CANCELLATION")), 2, 1, ""},
		"an empty list":                {"successfactors", sf(""), 0, 0, ""},
		"no entries":                   {"successfactors", `[]`, 0, 0, ""},
		"pages":                        {"successfactors", "[" + sf(`"__next":"https://x",`, row("A", "APPROVED")) + "," + sf("", row("B", "APPROVED")) + "]", 2, 0, ""},
		"single absences":              {"successfactors", "[" + row("A", "APPROVED") + "," + row("B", "APPROVED") + "]", 2, 0, ""},
		"a list that broke":            {"successfactors", sf(`"__next":"https://x",`, row("A", "APPROVED")), 0, 0, "goes on"},
		"a bad entry":                  {"successfactors", sf("", row("A", "APPROVED"), row("B", "geheim")), 0, 0, "entry 2, "},
		"something else":               {"successfactors", `[{"x":1}]`, 0, 0, "entry 1: is neither"},
		"no JSON":                      {"successfactors", `{"d`, 0, 0, "is not JSON"},
		"an unknown system":            {"geheim", `[]`, 0, 0, "is not known"},
		"a thin message":               {"hibob", `[{"type":"timeoff.request.approved","triggeredAt":"2026-12-01T07:12:00Z","data":{"timeoffRequestId":7}}]`, 0, 0, "not how"},
		"more than a message may have": {"successfactors", sf("", strings.Split(strings.TrimSuffix(strings.Repeat(row("A", "APPROVED")+"\n", MaxWords+1), "\n"), "\n")...), MaxWords + 1, 0, ""},
	} {
		l, err := ReadList(c.system, "hr", berlin, []byte(c.body))
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || len(l.Rows) != c.rows || len(l.Pending) != c.wait {
			t.Errorf("%s: %d rows, %d pending, %v", name, len(l.Rows), len(l.Pending), err)
		}
		if text, _ := json.Marshal(l.Rows); strings.Contains(fmt.Sprintf("%s%+v", text, l), "geheim") {
			t.Errorf("%s keeps what tells why: %s", name, text)
		}
	}
}
