package explain

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

func TestReturned(t *testing.T) {
	names := namesOf(city())
	back := func(e, day, to int) planning.Move { return planning.Move{Employee: e, Day: day, From: harburg, To: to} }
	for _, c := range []struct {
		moves []planning.Move
		want  Text
	}{
		{nil, Text{}},
		{[]planning.Move{back(3, friday, altona)},
			Text{De: "Eine Person kann am Freitag, 12. Juni nach Altona zurückkehren: Wer zu vertreten war, ist wieder im Dienst.",
				En: "One person can return to Altona on Friday, 12 June: whoever was missing is back on duty."}},
		{[]planning.Move{back(3, friday, altona), back(2, friday-1, altona), back(3, friday-3, altona)},
			Text{De: "2 Personen können an 3 Tagen von Dienstag, 9. Juni bis Freitag, 12. Juni nach Altona zurückkehren: Wer zu vertreten war, ist wieder im Dienst.",
				En: "2 people can return to Altona on 3 days from Tuesday, 9 June to Friday, 12 June: whoever was missing is back on duty."}},
		{[]planning.Move{back(3, friday, altona), back(2, friday, bergedorf)},
			Text{De: "2 Personen können am Freitag, 12. Juni an die eigenen Standorte zurückkehren: Wer zu vertreten war, ist wieder im Dienst.",
				En: "2 people can return to their home centres on Friday, 12 June: whoever was missing is back on duty."}},
	} {
		if got := Returned(names, c.moves); got != c.want {
			t.Errorf("%v\n%v", got, c.want)
		}
	}
}
