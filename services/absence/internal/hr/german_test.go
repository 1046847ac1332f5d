package hr

import (
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
)

const excel = "sep=;\r\nVorgang;Pseudonym;Von;Bis;Ab Uhrzeit;Geplant;Storniert;Geändert am;Abwesenheitsart;Bemerkung;Team\r\n" +
	"G-1;e-17;1.12.2026;03.12.2026;8:30 Uhr;ja;nein;30.11.2026 07:12;geheim;geheim;geheim\r\n" +
	"G-2;e-18;01.12.2026;;;WAHR;FALSCH;;;;\r\n" +
	"G-3;e-19;01.12.2026;;;;ja;;;;\r\n"

// What a German Excel writes is read, however it writes umlauts.
func TestGermanExcel(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC).In(zone)
	for name, text := range map[string]string{"UTF-8 with a mark": "\xef\xbb\xbf" + excel, "UTF-8": excel, "Windows-1252": strings.ReplaceAll(excel, "ä", "\xe4")} {
		table, err := ReadTable("excel", now, []byte(text))
		if err != nil || len(table.Rows) != 3 || table.Stripped != (Stripped{Reasons: 2, Unknown: 1}) {
			t.Fatalf("%s: %v %+v", name, err, table)
		}
		first := table.Rows[0].Command.(absencecase.Report)
		if first.Employee != "e-17" || first.Extent.From != day.Date(2026, 12, 1) || *first.Extent.Until != day.Date(2026, 12, 4) ||
			*first.Extent.FromTime != day.Clock(8, 30) || !first.Extent.Planned || first.Stamp.ChangedAt != time.Date(2026, 11, 30, 6, 12, 0, 0, time.UTC).UnixMicro() {
			t.Fatalf("%s: %+v", name, first)
		}
		if open := table.Rows[1].Command.(absencecase.Report); open.Extent.Until != nil || !open.Extent.Planned {
			t.Fatalf("%s: %+v", name, open)
		}
		if _, ok := table.Rows[2].Command.(absencecase.Cancel); !ok {
			t.Fatalf("%s: %+v", name, table.Rows[2].Command)
		}
	}
}

func TestGermanErrorsNameTheLine(t *testing.T) {
	const head = "sep=;\nVorgang;Pseudonym;Von\n"
	for text, want := range map[string]string{
		head + "a;e;31.11.2026\n": "line 3, from",
		head + "a;e;1.12.26\n":    "line 3, from",
		head + "a;e;geheim\n":     "line 3, from",
		head + "a;e\n":            "line 3: has 2 cells",
		"Vorgang;Pseudonym;Von;Ab\na;e;1.12.2026;1.12.2026\n": "names column from twice",
	} {
		_, err := ReadTable("excel", time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC), []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
